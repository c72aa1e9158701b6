package org.omnimamba.jobs.webhook.address;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that are not plain hosts on the public internet, from IANA's special-purpose
 * registries (RFC 6890 and its updates) and the clouds' metadata addresses that lie outside them.
 *
 * <p>For IPv4 everything not listed is public. For IPv6 it is the other way round: only 2000::/3 is
 * handed out as global unicast, so whatever lies outside is refused without having to be listed
 * (loopback, mapped and compatible forms, NAT64, unique local, link-local, multicast); what lies
 * inside and is still special stands in the list.
 */
final class SpecialAddresses {
  private static final AddressBlock GLOBAL_UNICAST_V6 =
      AddressBlock.of("2000::/3", "global unicast");

  private static final List<AddressBlock> V4 =
      List.of(
          AddressBlock.of("0.0.0.0/8", "this network"),
          AddressBlock.of("10.0.0.0/8", "private"),
          AddressBlock.of("100.64.0.0/10", "shared (carrier-grade NAT)"),
          AddressBlock.of("127.0.0.0/8", "loopback"),
          AddressBlock.of("168.63.129.16/32", "cloud metadata"),
          AddressBlock.of("169.254.0.0/16", "link-local"),
          AddressBlock.of("172.16.0.0/12", "private"),
          AddressBlock.of("192.0.0.0/24", "protocol assignments"),
          AddressBlock.of("192.0.2.0/24", "documentation"),
          AddressBlock.of("192.31.196.0/24", "AS112"),
          AddressBlock.of("192.52.193.0/24", "AMT"),
          AddressBlock.of("192.88.99.0/24", "6to4 relay"),
          AddressBlock.of("192.168.0.0/16", "private"),
          AddressBlock.of("192.175.48.0/24", "AS112"),
          AddressBlock.of("198.18.0.0/15", "benchmarking"),
          AddressBlock.of("198.51.100.0/24", "documentation"),
          AddressBlock.of("203.0.113.0/24", "documentation"),
          AddressBlock.of("224.0.0.0/4", "multicast"),
          AddressBlock.of("240.0.0.0/4", "reserved"));

  private static final List<AddressBlock> V6 =
      List.of(
          AddressBlock.of("2001::/23", "protocol assignments (Teredo, ORCHID, benchmarking)"),
          AddressBlock.of("2001:db8::/32", "documentation"),
          AddressBlock.of("2002::/16", "6to4"),
          AddressBlock.of("2620:4f:8000::/48", "AS112"),
          AddressBlock.of("3fff::/20", "documentation"));

  /**
   * What no setting opens: the clouds' metadata addresses, link-local ones that may lead there,
   * forms of IPv6 that carry an address of IPv4, and what is no host.
   */
  private static final List<AddressBlock> NEVER =
      List.of(
          AddressBlock.of("0.0.0.0/8", "this network"),
          AddressBlock.of("100.100.100.200/32", "cloud metadata"),
          AddressBlock.of("168.63.129.16/32", "cloud metadata"),
          AddressBlock.of("169.254.0.0/16", "link-local"),
          AddressBlock.of("192.0.0.0/24", "protocol assignments"),
          AddressBlock.of("224.0.0.0/4", "multicast"),
          AddressBlock.of("240.0.0.0/4", "reserved"),
          AddressBlock.of("::/8", "loopback, mapped and NAT64"),
          AddressBlock.of("2001::/23", "Teredo"),
          AddressBlock.of("2002::/16", "6to4"),
          AddressBlock.of("fd00:ec2::254/128", "cloud metadata"),
          AddressBlock.of("fe80::/10", "link-local"),
          AddressBlock.of("ff00::/8", "multicast"));

  /** Where the hosts of companies and clusters are. */
  private static final List<AddressBlock> PRIVATE =
      List.of(
          AddressBlock.of("10.0.0.0/8", "private"),
          AddressBlock.of("100.64.0.0/10", "shared"),
          AddressBlock.of("172.16.0.0/12", "private"),
          AddressBlock.of("192.168.0.0/16", "private"),
          AddressBlock.of("fc00::/7", "unique local"));

  private SpecialAddresses() {}

  /** Whether the address stays refused whatever an operator allows. */
  static boolean isNeverAllowed(byte[] address) {
    return firstMatch(NEVER, address) != null || (address.length == 16 && isIsatap(address));
  }

  /** Whether the address is one of a private network. */
  static boolean isPrivate(byte[] address) {
    return firstMatch(PRIVATE, address) != null;
  }

  /** Why the address (4 or 16 bytes, network order) is special, or null when it is public. */
  static @Nullable String reason(byte[] address) {
    if (address.length == 16) {
      if (!GLOBAL_UNICAST_V6.contains(address)) {
        return "outside global unicast";
      }
      if (isIsatap(address)) {
        return "ISATAP";
      }
      return firstMatch(V6, address);
    }
    return firstMatch(V4, address);
  }

  /** RFC 5214: an interface identifier of 0000:5efe or 0200:5efe carries an IPv4 address. */
  private static boolean isIsatap(byte[] address) {
    return (address[8] & 0xfd) == 0
        && address[9] == 0
        && address[10] == 0x5e
        && address[11] == (byte) 0xfe;
  }

  private static @Nullable String firstMatch(List<AddressBlock> blocks, byte[] address) {
    for (AddressBlock block : blocks) {
      if (block.contains(address)) {
        return block.name();
      }
    }
    return null;
  }
}
