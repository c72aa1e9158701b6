package org.omnimamba.hub.http;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
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
    URI proxy = target.isEncrypted() ? https : http;
    if (proxy == null || isExcepted(target)) {
      return DIRECT;
    }
    int port = proxy.getPort() >= 0 ? proxy.getPort() : 80;
    return List.of(
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), port)));
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
    // whoever connects is told, too
  }

  /** Answers proxies that ask for a name and a password; null if no address of one holds them. */
  @Nullable Authenticator authenticator() {
    if (userInfo(https) == null && userInfo(http) == null) {
      return null;
    }
    // by default Java sends no password to a proxy on the way to a https address
    if (System.getProperty("jdk.http.auth.tunneling.disabledSchemes") == null) {
      System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
    }
    return new Authenticator() {
      @Override
      protected @Nullable PasswordAuthentication getPasswordAuthentication() {
        if (getRequestorType() != RequestorType.PROXY) {
          return null;
        }
        String info = userInfo(isOf(https) ? https : http);
        if (info == null) {
          return null;
        }
        String[] parts = info.split(":", 2);
        return new PasswordAuthentication(
            decoded(parts[0]), decoded(parts.length > 1 ? parts[1] : "").toCharArray());
      }

      private boolean isOf(@Nullable URI proxy) {
        return proxy != null
            && proxy.getHost().equalsIgnoreCase(getRequestingHost())
            && (proxy.getPort() < 0 || proxy.getPort() == getRequestingPort());
      }
    };
  }

  private static @Nullable String userInfo(@Nullable URI proxy) {
    return proxy == null ? null : proxy.getRawUserInfo();
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
