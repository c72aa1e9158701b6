package org.omnimamba.jobs.webhook.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {
  private final AddressPolicy policy =
      new AddressPolicy(Set.of(443, 8443), Set.of("localhost", "127.0.0.1:9000"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.com/hook",
        "https://EXAMPLE.com./hook?a=b",
        "https://xn--bcher-kva.example:8443/hook",
        "https://8.8.8.8/hook",
        "https://[2606:4700:4700::1111]/hook",
        "http://localhost:1234/hook",
        "http://LOCALHOST/hook",
        "http://127.0.0.1:9000/hook"
      })
  void accepts(String url) {
    assertThat(policy.check(url).toString()).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hook",
        "//example.com/hook",
        "http://example.com/hook",
        "ftp://example.com/hook",
        "file:///etc/passwd",
        "https:///hook",
        "https://example.com:8080/hook",
        "https://example.com:0/hook",
        "https://user:pw@example.com/hook",
        "https://user@example.com/hook",
        "https://@example.com/hook",
        "https://example.com/hook#fragment",
        "https://example.com\\@127.0.0.1/hook",
        "https://exam ple.com/hook",
        "https://example.com/\u0000",
        "https://bücher.example/hook",
        "https://１２７.０.０.１/hook",
        "https://ⓛocalhost/hook",
        "https://%31%32%37.0.0.1/hook",
        "https://-bad.example/hook",
        "https://a..example.com/hook",
        "https://a_b.example.com/hook",
        "https://intranet/hook",
        "https://localhost./hook",
        "https://api.localhost/hook",
        "https://metadata.google.internal/hook",
        "https://printer.local/hook",
        "http://127.0.0.1:9001/hook",
      })
  void refuses(String url) {
    assertThatExceptionOfType(RefusedAddressException.class).isThrownBy(() -> policy.check(url));
  }

  @Test
  void refusesAnEndlessUrl() {
    assertThatExceptionOfType(RefusedAddressException.class)
        .isThrownBy(() -> policy.check("https://example.com/" + "a".repeat(3000)))
        .withMessageContaining("longer than");
  }
}
