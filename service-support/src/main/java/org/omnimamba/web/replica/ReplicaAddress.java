package org.omnimamba.web.replica;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;

/**
 * Where replicas are, as settings say it: {@code http://host:port} is one replica (or one virtual
 * address that stands for several), {@code dns://host:port} is one replica for each address that
 * DNS has for the name.
 */
public final class ReplicaAddress {
  private static final String DNS = "dns";

  private ReplicaAddress() {}

  /** Whether an address is one of the two forms, without a path, a query or a user. */
  public static boolean isValid(URI address) {
    String path = address.getRawPath();
    boolean known =
        "http".equals(address.getScheme())
            || "https".equals(address.getScheme())
            || (isName(address) && address.getPort() > 0);
    return known
        && address.getHost() != null
        && (path == null || path.isEmpty() || path.equals("/"))
        && address.getRawQuery() == null
        && address.getRawFragment() == null
        && address.getRawUserInfo() == null;
  }

  /** Whether DNS is to be asked for the replicas. */
  static boolean isName(URI address) {
    return DNS.equals(address.getScheme());
  }

  /** The address of the replica of a {@code dns://} entry that has this IP address. */
  static URI of(URI name, InetAddress ip) {
    return http("http", ip, name.getPort());
  }

  /** An address with the IP address in place of the host. */
  static URI http(String scheme, InetAddress ip, int port) {
    String literal = ip.getHostAddress();
    if (ip instanceof Inet6Address) {
      int scope = literal.indexOf('%');
      literal = '[' + (scope < 0 ? literal : literal.substring(0, scope)) + ']';
    }
    return URI.create(scheme + "://" + literal + (port < 0 ? "" : ":" + port));
  }
}
