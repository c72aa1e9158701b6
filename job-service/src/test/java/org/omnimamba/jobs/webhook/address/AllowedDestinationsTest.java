package org.omnimamba.jobs.webhook.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator opens, and what stays closed. */
class AllowedDestinationsTest {
  private static final AllowedDestinations LISTED =
      new AllowedDestinations(
          List.of(
              "10.20.0.0/16",
              "192.168.7.9",
              "fd12:3456::/32",
              "hooks",
              "hooks.shop.svc.cluster.local",
              "ports.corp:9443",
              "*.below.internal"));
  private final AddressPolicy https = new AddressPolicy(Set.of(443), LISTED, false, Set.of());
  private final AddressPolicy http = new AddressPolicy(Set.of(443), LISTED, true, Set.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//10.20.0.1/hook",
        "//10.20.255.255/hook",
        "//192.168.7.9/hook",
        "//[fd12:3456::1]/hook",
        "//hooks/hook",
        "//hooks.shop.svc.cluster.local/hook",
        "//HOOKS.shop.svc.cluster.local./hook",
        "//ports.corp:9443/hook",
        "//a.below.internal/hook",
        "//a.b.below.internal/hook"
      })
  void whatIsListedIsReachedAndOverHttpOnlyWhereThatIsAllowed(String url) {
    assertThat(https.check("https:" + url).getHost()).isNotEmpty();
    assertThat(http.check("https:" + url).getHost()).isNotEmpty();
    assertThat(http.check("http:" + url).getHost()).isNotEmpty();
    assertRefused(https, "http:" + url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.com/hook",
        "http://93.184.216.34/hook",
        "https://10.21.0.1/hook",
        "https://192.168.7.8/hook",
        "https://[fd12:3457::1]/hook",
        "https://hook/hook",
        "https://other.shop.svc.cluster.local:8080/hook",
        "https://xhooks.shop.internal/hook",
        "https://below.internal/hook",
        "https://xbelow.internal/hook",
        "https://ports.corp/hook",
        "https://ports.corp:443/hook",
        "http://hooks:8080/hook",
        "https://10.20.0.1:8443/hook",
        "http://10.5140/hook",
        "http://0x0a140001/hook",
        "https://user@hooks/hook"
      })
  void whatIsNotListedStaysClosed(String url) {
    assertRefused(http, url);
  }

  @ParameterizedTest
  @CsvSource({
    // any name may point into a listed block
    "example.com, 443, 10.20.3.4, true",
    "example.com, 443, fd12:3456::9, true",
    "example.com, 443, 10.21.3.4, false",
    "example.com, 443, 192.168.7.9, true",
    // a listed host may lie anywhere in private networks
    "hooks, 443, 10.99.0.1, true",
    "hooks, 80, 172.20.1.1, true",
    "hooks, 443, 100.64.1.1, true",
    "hooks, 443, fd99::1, true",
    "hooks, 443, 93.184.216.34, true",
    "ports.corp, 9443, 10.99.0.1, true",
    "ports.corp, 443, 10.99.0.1, false",
    // but not where no receiver is
    "hooks, 443, 127.0.0.1, false",
    "hooks, 443, ::1, false",
    "hooks, 443, 169.254.169.254, false",
    "hooks, 443, 100.100.100.200, false",
    "hooks, 443, 168.63.129.16, false",
    "hooks, 443, fd00:ec2::254, false",
    "hooks, 443, fe80::1, false",
    "hooks, 443, 64:ff9b::a14:1, false",
    "hooks, 443, 0.0.0.0, false",
    "hooks, 443, 224.0.0.1, false"
  })
  void aNameIsJudgedByWhereItPoints(String host, int port, String address, boolean reached)
      throws Exception {
    InetAddress found = InetAddress.getByName(address);
    if (reached) {
      https.checkAddresses(host, port, List.of(found));
    } else {
      assertThatExceptionOfType(RefusedAddressException.class)
          .isThrownBy(() -> https.checkAddresses(host, port, List.of(found)));
      // as is an answer that mixes it with one that may be contacted
      InetAddress open = InetAddress.getByName("10.20.3.4");
      assertThatExceptionOfType(RefusedAddressException.class)
          .isThrownBy(() -> https.checkAddresses(host, port, List.of(open, found)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.0.0/16",
        "169.254.169.254",
        "168.63.129.16/32",
        "100.100.100.200",
        "fd00:ec2::254",
        "fe80::/16",
        "224.0.0.0/8",
        "64:ff9b::/96"
      })
  void noSettingOpensMetadataAndLinkLocalAddresses(String entry) throws Exception {
    AddressPolicy policy =
        new AddressPolicy(Set.of(443), new AllowedDestinations(List.of(entry)), true, Set.of());
    String address = entry.contains("/") ? entry.substring(0, entry.indexOf('/')) : entry;
    String literal = address.contains(":") ? "[" + address + "]" : address;
    assertRefused(policy, "https://" + literal + "/hook");
    assertRefused(policy, "http://" + literal + "/hook");
    InetAddress found = InetAddress.getByName(address);
    assertThatExceptionOfType(RefusedAddressException.class)
        .isThrownBy(() -> policy.checkAddresses("example.com", 443, List.of(found)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0/0",
        "10.0.0.0/7",
        "10.0.0.0/33",
        "10.0.0/8",
        "10.0.0.0/",
        "fd00::/8",
        "::/0",
        "*",
        "*.",
        "",
        "a*.example",
        "hooks:port"
      })
  void anEntryThatIsNotInFormIsNamed(String entry) {
    assertThatIllegalArgumentException().isThrownBy(() -> new AllowedDestinations(List.of(entry)));
  }

  @Test
  void nothingIsOpenByDefault() {
    AddressPolicy policy = new AddressPolicy(Set.of(443), AllowedDestinations.NONE, true, Set.of());
    assertRefused(policy, "http://example.com/hook");
    assertRefused(policy, "https://10.20.0.1/hook");
    assertRefused(policy, "https://hooks/hook");
  }

  private static void assertRefused(AddressPolicy policy, String url) {
    assertThatExceptionOfType(RefusedAddressException.class)
        .as(url)
        .isThrownBy(() -> policy.check(url));
  }
}
