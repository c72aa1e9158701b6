package org.omnimamba.jobs.webhook.address;

import io.netty.util.NetUtil;

/** A block of addresses in CIDR form, matched on raw bytes. */
record AddressBlock(byte[] prefix, int bits, String name) {

  static AddressBlock of(String cidr, String name) {
    int slash = cidr.indexOf('/');
    byte[] prefix = NetUtil.createByteArrayFromIpAddressString(cidr.substring(0, slash));
    if (prefix == null) {
      throw new IllegalArgumentException("not an address block: " + cidr);
    }
    return new AddressBlock(prefix, Integer.parseInt(cidr.substring(slash + 1)), name);
  }

  boolean contains(byte[] address) {
    if (address.length != prefix.length) {
      return false;
    }
    int whole = bits / 8;
    for (int i = 0; i < whole; i++) {
      if (address[i] != prefix[i]) {
        return false;
      }
    }
    int rest = bits % 8;
    int mask = 0xff << (8 - rest);
    return rest == 0 || (address[whole] & mask) == (prefix[whole] & mask);
  }
}
