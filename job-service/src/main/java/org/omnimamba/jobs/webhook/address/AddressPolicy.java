package org.omnimamba.jobs.webhook.address;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules for webhook URLs: https, an allowed port, no user information, no fragment, a host that
 * is a plain DNS name or a canonical public address.
 *
 * <p>Receivers inside a cluster or a company are reached when they are among the {@link
 * AllowedDestinations}: any name may point into a listed block, and a listed host into any private
 * network. Over http only listed hosts and addresses in listed blocks are reached, and only when
 * that is allowed too. Metadata and link-local addresses stay refused.
 *
 * <p>{@code developmentHosts} names exceptions for local development as {@code host} or {@code
 * host:port}; such a host may be contacted over http, on that port (any port when none is given)
 * and wherever its name points. It is empty in production.
 */
public final class AddressPolicy {
  private static final int MAX_LENGTH = 2048;
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");
  private static final Set<String> LOCAL_SUFFIXES =
      Set.of("localhost", "local", "internal", "localdomain", "home", "lan", "corp", "intranet");

  private final Set<Integer> allowedPorts;
  private final AllowedDestinations allowed;
  private final boolean httpAllowed;
  private final Set<String> developmentHosts;

  /**
   * The rules.
   *
   * @param allowedPorts ports that may be contacted
   * @param allowed destinations that are not on the public internet and yet may be contacted
   * @param httpAllowed whether those may be contacted over http, too
   * @param developmentHosts exceptions from everything
   */
  public AddressPolicy(
      Set<Integer> allowedPorts,
      AllowedDestinations allowed,
      boolean httpAllowed,
      Set<String> developmentHosts) {
    this.allowedPorts = Set.copyOf(allowedPorts);
    this.allowed = allowed;
    this.httpAllowed = httpAllowed;
    this.developmentHosts =
        developmentHosts.stream()
            .map(h -> h.toLowerCase(Locale.ROOT))
            .collect(java.util.stream.Collectors.toUnmodifiableSet());
  }

  /**
   * Judges the text of a webhook URL. Names are not resolved here; that happens once, when the
   * connection is made.
   *
   * @return the URL as it will be contacted
   * @throws RefusedAddressException with the reason
   */
  public URI check(String url) {
    if (url.length() > MAX_LENGTH) {
      throw new RefusedAddressException("the URL is longer than " + MAX_LENGTH + " characters");
    }
    URI uri = parse(url);
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !scheme.equals("http")) {
      throw new RefusedAddressException("the URL must be absolute and begin with https://");
    }
    String host = uri.getHost();
    if (host == null || host.isEmpty()) {
      throw new RefusedAddressException("the URL has no valid host");
    }
    if (uri.getRawUserInfo() != null || uri.getRawAuthority().indexOf('@') >= 0) {
      throw new RefusedAddressException("the URL must not carry user information");
    }
    if (uri.getRawFragment() != null) {
      throw new RefusedAddressException("the URL must not have a fragment");
    }
    int port = port(uri, scheme);
    if (isDevelopmentHost(host, port)) {
      return uri;
    }
    boolean named = allowed.names(host, port);
    boolean plain = httpAllowed && scheme.equals("http") && (named || isAllowedLiteral(host));
    if (!scheme.equals("https") && !plain) {
      throw new RefusedAddressException("the URL must begin with https://");
    }
    boolean usualPort = allowedPorts.contains(port) || (plain && port == 80);
    if (!usualPort && !allowed.namesPort(host, port)) {
      throw new RefusedAddressException("port " + port + " is not allowed");
    }
    checkHost(host, named);
    return uri;
  }

  /**
   * Judges what a host resolved to, just before the connection.
   *
   * @throws RefusedAddressException when any of the addresses is not public: a mixed answer is how
   *     a rebinding attack looks
   */
  void checkAddresses(String host, int port, List<InetAddress> addresses) {
    if (isDevelopmentHost(host, port)) {
      return;
    }
    boolean named = allowed.names(host, port);
    for (InetAddress address : addresses) {
      String reason = refusal(address.getAddress(), named);
      if (reason != null) {
        throw new RefusedAddressException("the host points to an address that is " + reason);
      }
    }
  }

  /**
   * Why the address must not be contacted, or null when it may be.
   *
   * @param named whether the operator allows the host by its name: it may lie in a private network
   */
  private @Nullable String refusal(byte[] address, boolean named) {
    String reason = SpecialAddresses.reason(address);
    if (reason == null || SpecialAddresses.isNeverAllowed(address)) {
      return reason;
    }
    boolean open = allowed.contain(address) || (named && SpecialAddresses.isPrivate(address));
    return open ? null : reason;
  }

  private boolean isAllowedLiteral(String host) {
    byte[] address =
        NetUtil.createByteArrayFromIpAddressString(
            host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
    return address != null && allowed.contain(address);
  }

  private boolean isDevelopmentHost(String host, int port) {
    String name = host.toLowerCase(Locale.ROOT);
    return developmentHosts.contains(name) || developmentHosts.contains(name + ":" + port);
  }

  private static URI parse(String url) {
    for (int i = 0; i < url.length(); i++) {
      char c = url.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '\\') {
        throw new RefusedAddressException(
            "the URL must be plain ASCII without spaces or backslashes (use punycode for names)");
      }
    }
    try {
      return new URI(url).parseServerAuthority();
    } catch (URISyntaxException e) {
      throw new RefusedAddressException("the URL is not valid");
    }
  }

  private static int port(URI uri, String scheme) {
    if (uri.getPort() != -1) {
      return uri.getPort();
    }
    return scheme.equals("https") ? 443 : 80;
  }

  private void checkHost(String rawHost, boolean named) {
    if (rawHost.startsWith("[")) {
      checkV6Literal(rawHost.substring(1, rawHost.length() - 1));
      return;
    }
    String host = rawHost.toLowerCase(Locale.ROOT);
    if (host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    String[] labels = host.split("\\.", -1);
    String last = labels[labels.length - 1];
    if (NUMBER.matcher(last).matches()) {
      checkV4Literal(host);
      return;
    }
    for (String label : labels) {
      if (!LABEL.matcher(label).matches()) {
        throw new RefusedAddressException("the host is not a valid name");
      }
    }
    if (!named && (labels.length < 2 || LOCAL_SUFFIXES.contains(last))) {
      throw new RefusedAddressException("the host is a local name");
    }
  }

  /**
   * A host that ends in a number is an IPv4 address to most resolvers, in decimal, octal, hex or
   * short form (WHATWG URL, "ends in a number"). Only the one canonical spelling is accepted, so
   * that no two parsers can read it differently.
   */
  private void checkV4Literal(String host) {
    byte[] address =
        NetUtil.isValidIpV4Address(host) ? NetUtil.createByteArrayFromIpAddressString(host) : null;
    if (address == null || !host.equals(canonical(address))) {
      throw new RefusedAddressException("the host is not an address in canonical dotted form");
    }
    checkBytes(address);
  }

  private void checkV6Literal(String host) {
    if (host.indexOf('%') >= 0) {
      throw new RefusedAddressException("the host must not have an IPv6 zone");
    }
    if (host.indexOf('.') >= 0) {
      throw new RefusedAddressException("the host must not embed an IPv4 address in an IPv6 one");
    }
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
    if (address == null || address.length != 16) {
      throw new RefusedAddressException("the host is not a valid IPv6 address");
    }
    checkBytes(address);
  }

  private void checkBytes(byte[] address) {
    String reason = refusal(address, false);
    if (reason != null) {
      throw new RefusedAddressException("the host is an address that is " + reason);
    }
  }

  private static String canonical(byte[] v4) {
    return (v4[0] & 0xff) + "." + (v4[1] & 0xff) + "." + (v4[2] & 0xff) + "." + (v4[3] & 0xff);
  }
}
