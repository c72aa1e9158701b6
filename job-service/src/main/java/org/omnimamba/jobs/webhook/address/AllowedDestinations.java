package org.omnimamba.jobs.webhook.address;

import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Destinations inside a cluster or a company that the operator allows: blocks of addresses, and
 * hosts by name.
 *
 * <p>An entry is a block in CIDR form ({@code 10.20.0.0/16}), an address, a host ({@code
 * hooks.shop.svc.cluster.local}) or all hosts below a name ({@code *.shop.svc.cluster.local}); a
 * host may have a port, which then is the only one.
 */
public final class AllowedDestinations {
  /** Nothing but the public internet. */
  public static final AllowedDestinations NONE = new AllowedDestinations(List.of());

  private static final int SHORTEST_V4 = 8;
  private static final int SHORTEST_V6 = 16;

  private final List<AddressBlock> blocks = new ArrayList<>();
  private final List<Host> hosts = new ArrayList<>();

  /**
   * Reads the entries.
   *
   * @throws IllegalArgumentException when one is not in form, or a block is larger than /8, for
   *     IPv6 /16
   */
  public AllowedDestinations(Collection<String> entries) {
    for (String entry : entries) {
      if (entry.indexOf('/') >= 0) {
        blocks.add(block(entry));
      } else {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(entry);
        if (address == null) {
          hosts.add(Host.of(entry));
        } else {
          blocks.add(new AddressBlock(address, address.length * 8, entry));
        }
      }
    }
  }

  private static AddressBlock block(String entry) {
    AddressBlock block = AddressBlock.of(entry, entry);
    int longest = block.prefix().length * 8;
    int shortest = longest == 32 ? SHORTEST_V4 : SHORTEST_V6;
    if (block.bits() < shortest || block.bits() > longest) {
      throw new IllegalArgumentException(
          entry + " must have a prefix of " + shortest + " to " + longest + " bits");
    }
    return block;
  }

  /** Whether the host is listed by name, for that port or for any. */
  boolean names(String host, int port) {
    return hosts.stream().anyMatch(listed -> listed.matches(host, port));
  }

  /** Whether the host is listed by name for exactly that port. */
  boolean namesPort(String host, int port) {
    return hosts.stream().anyMatch(listed -> listed.port() != null && listed.matches(host, port));
  }

  /** Whether the address (4 or 16 bytes, network order) lies in a listed block. */
  boolean contain(byte[] address) {
    return blocks.stream().anyMatch(block -> block.contains(address));
  }

  /**
   * A listed host.
   *
   * @param name in lower case, for all hosts below a name with its leading dot
   * @param port the only port, or null for any
   */
  private record Host(String name, @Nullable Integer port) {
    static Host of(String entry) {
      int colon = entry.indexOf(':');
      String name = (colon < 0 ? entry : entry.substring(0, colon)).toLowerCase(Locale.ROOT);
      if (name.startsWith("*.")) {
        name = name.substring(1);
      }
      if (name.isEmpty() || name.equals(".") || name.indexOf('*') >= 0) {
        throw new IllegalArgumentException(entry + " is neither a block of addresses nor a host");
      }
      return new Host(name, colon < 0 ? null : Integer.valueOf(entry.substring(colon + 1)));
    }

    boolean matches(String host, int asked) {
      String plain = host.toLowerCase(Locale.ROOT);
      if (plain.endsWith(".")) {
        plain = plain.substring(0, plain.length() - 1);
      }
      boolean named = name.startsWith(".") ? plain.endsWith(name) : plain.equals(name);
      return named && (port == null || port == asked);
    }
  }
}
