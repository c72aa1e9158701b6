package org.omnimamba.jobs.webhook.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {
  private final AddressPolicy policy =
      new AddressPolicy(
          Set.of(443, 8443),
          AllowedDestinations.NONE,
          false,
          Set.of("localhost", "127.0.0.1:9000"));

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

  @Test
  void refusesEverySpellingOfEverySpecialAddress() {
    Random random = new Random(3986);
    for (int i = 0; i < 20_000; i++) {
      byte[] address = special(random);
      String host = spelled(address, random);
      assertThatExceptionOfType(RefusedAddressException.class)
          .as(host)
          .isThrownBy(() -> policy.check("https://" + host + "/hook"));
    }
  }

  /** Any address of a range that is not public. */
  private static byte[] special(Random random) {
    byte[] address = new byte[4];
    do {
      random.nextBytes(address);
      address[0] =
          new byte[] {0, 10, 127, (byte) 192, (byte) 169, (byte) 172, 100, (byte) 224}
              [random.nextInt(8)];
    } while (SpecialAddresses.reason(address) == null);
    return address;
  }

  /** One of the forms that inet_aton and browsers read, with random case and zeros. */
  private static String spelled(byte[] address, Random random) {
    int parts = 1 + random.nextInt(4);
    StringBuilder host = new StringBuilder();
    for (int i = 0; i < parts; i++) {
      long value = address[i] & 0xff;
      if (i == parts - 1) {
        for (int j = i + 1; j < 4; j++) {
          value = value << 8 | (address[j] & 0xff);
        }
      }
      host.append(i == 0 ? "" : ".").append(number(value, random));
    }
    return host + (random.nextBoolean() ? "" : ".");
  }

  private static String number(long value, Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> "0x" + Long.toHexString(value);
      case 1 -> "0X000" + Long.toHexString(value).toUpperCase(Locale.ROOT);
      case 2 -> "0" + Long.toOctalString(value);
      default -> Long.toString(value);
    };
  }
}
