package org.omnimamba.jobs.webhook.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecialAddressesTest {

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, this network",
    "10.255.255.255, private",
    "100.64.0.1, shared",
    "100.127.255.255, shared",
    "127.255.255.254, loopback",
    "168.63.129.16, metadata",
    "169.254.169.254, link-local",
    "172.16.0.0, private",
    "172.31.255.255, private",
    "192.0.0.192, protocol",
    "192.0.2.1, documentation",
    "192.88.99.1, 6to4",
    "192.168.1.1, private",
    "198.18.0.1, benchmarking",
    "198.19.255.255, benchmarking",
    "198.51.100.7, documentation",
    "203.0.113.7, documentation",
    "224.0.0.1, multicast",
    "239.255.255.255, multicast",
    "240.0.0.1, reserved",
    "255.255.255.255, reserved",
    "::, outside",
    "::1, outside",
    "::7f00:1, outside",
    "64:ff9b::7f00:1, outside",
    "64:ff9b:1::1, outside",
    "100::1, outside",
    "2001::1, protocol",
    "2001:2::1, protocol",
    "2001:10::1, protocol",
    "2001:1ff::1, protocol",
    "2001:db8::1, documentation",
    "2002:7f00:1::1, 6to4",
    "2620:4f:8000::1, AS112",
    "3fff:fff::1, documentation",
    "4000::1, outside",
    "5f00::1, outside",
    "fc00::1, outside",
    "fd00:ec2::254, outside",
    "fe80::1, outside",
    "fec0::1, outside",
    "ff02::1, outside",
    "2606:4700::5efe:a00:1, ISATAP",
    "2606:4700::200:5efe:a00:1, ISATAP"
  })
  void isSpecial(String address, String reason) {
    assertThat(SpecialAddresses.reason(bytes(address))).contains(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.1",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2001:200::1",
        "2003::1",
        "2606:4700:4700::1111",
        "3ffe::1"
      })
  void isPublic(String address) {
    assertThat(SpecialAddresses.reason(bytes(address))).isNull();
  }

  private static byte[] bytes(String address) {
    return NetUtil.createByteArrayFromIpAddressString(address);
  }
}
