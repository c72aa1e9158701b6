package org.omnimamba.hub.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.hub.FetchException;

/**
 * The proxies that the environment names: {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code
 * ALL_PROXY} and {@code NO_PROXY}, also in lower case. This machine itself is never asked through a
 * proxy.
 */
public final class EnvironmentProxies extends ProxySelector {
  private static final List<Proxy> DIRECT = List.of(Proxy.NO_PROXY);
  private static final String TUNNELING = "jdk.http.auth.tunneling.disabledSchemes";

  private final @Nullable URI https;
  private final @Nullable URI http;
  private final List<String> except;

  private EnvironmentProxies(@Nullable URI https, @Nullable URI http, List<String> except) {
    this.https = https;
    this.http = http;
    this.except = except;
  }

  /**
   * What the environment says.
   *
   * @throws FetchException if a variable holds no address of a proxy
   */
  public static EnvironmentProxies of(Map<String, String> environment) {
    return new EnvironmentProxies(
        proxy(environment, "HTTPS_PROXY"),
        proxy(environment, "HTTP_PROXY"),
        List.of(value(environment, "NO_PROXY").toLowerCase(Locale.ROOT).split("[,\\s]+")));
  }

  private static @Nullable URI proxy(Map<String, String> environment, String name) {
    String text = value(environment, name);
    if (text.isEmpty()) {
      text = value(environment, "ALL_PROXY");
    }
    if (text.isEmpty()) {
      return null;
    }
    try {
      URI uri = URI.create(text.contains("://") ? text : "http://" + text);
      if ("http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // said below, without the password that may be in it
    }
    throw new FetchException(
        name + " is not the address of a proxy; it should look like http://proxy.example:3128");
  }

  private static String value(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name.toLowerCase(Locale.ROOT), "").strip();
    return value.isEmpty() ? environment.getOrDefault(name, "").strip() : value;
  }

  @Override
  public List<Proxy> select(URI uri) {
    Origin target = Origin.of(uri);
    URI proxy = proxy(target);
    if (proxy == null) {
      return DIRECT;
    }
    int port = proxy.getPort() >= 0 ? proxy.getPort() : 80;
    return List.of(
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), port)));
  }

  private @Nullable URI proxy(Origin target) {
    return isExcepted(target) ? null : target.isEncrypted() ? https : http;
  }

  private boolean isExcepted(Origin target) {
    if (!target.isEncrypted() && target.isPrivate()) {
      return true;
    }
    for (String entry : except) {
      String name = entry.replaceFirst("^\\*?\\.", "");
      if (entry.equals("*")
          || (!name.isEmpty()
              && (target.host().equals(name)
                  || target.host().endsWith("." + name)
                  || (target.host() + ":" + target.port()).equals(name)))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // the caller hears of it from the connection itself
  }

  /** By default Java sends no password to a proxy on the way to a https address. */
  void permitPasswords() {
    if ((userInfo(https) != null || userInfo(http) != null)
        && System.getProperty(TUNNELING) == null) {
      // read once, by the first client of the process
      System.setProperty(TUNNELING, "");
    }
  }

  /**
   * The value of the header {@code Proxy-Authorization} for this address; null for none. It is sent
   * without being asked for: a client of Java 17 that answers proxies by itself, with an {@link
   * java.net.Authenticator}, drops the header {@code Authorization}, which takes the token to the
   * hub.
   */
  @Nullable String authorization(URI target) {
    String info = userInfo(proxy(Origin.of(target)));
    if (info == null) {
      return null;
    }
    String[] parts = info.split(":", 2);
    String plain = decoded(parts[0]) + ":" + decoded(parts.length > 1 ? parts[1] : "");
    return "Basic " + Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable String userInfo(@Nullable URI proxy) {
    return proxy == null ? null : proxy.getRawUserInfo();
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
