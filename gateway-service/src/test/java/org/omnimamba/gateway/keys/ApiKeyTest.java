package org.omnimamba.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class ApiKeyTest {
  private final SecureRandom random = new SecureRandom();

  @Test
  void hasTheDocumentedForm() {
    for (int i = 0; i < 1000; i++) {
      ApiKey key = ApiKey.generate(random);
      assertThat(key.value()).matches("om_[0-9A-Za-z]{36}");
      assertThat(key.prefix()).isEqualTo(key.value().substring(0, 11));
      assertThat(ApiKey.parse(key.value())).isPresent();
      assertThat(key.toString()).isEqualTo(key.prefix() + "...");
    }
  }

  @Test
  void hasAChecksumThatAnybodyCanRecompute() {
    String value = ApiKey.generate(random).value();
    CRC32 crc = new CRC32();
    crc.update(value.substring(3, 33).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    String digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    long decoded = 0;
    for (char digit : value.substring(33).toCharArray()) {
      decoded = decoded * 62 + digits.indexOf(digit);
    }
    assertThat(decoded).isEqualTo(crc.getValue());
  }

  @Test
  void noticesEverySingleWrongCharacter() {
    String value = ApiKey.generate(random).value();
    for (int at = 0; at < value.length(); at++) {
      char[] wrong = value.toCharArray();
      wrong[at] = wrong[at] == 'x' ? 'y' : 'x';
      assertThat(ApiKey.parse(new String(wrong))).as("changed at %d", at).isEmpty();
    }
    assertThat(ApiKey.parse(value + "0")).isEmpty();
    assertThat(ApiKey.parse(value.substring(1))).isEmpty();
    assertThat(ApiKey.parse("")).isEmpty();
    assertThat(ApiKey.parse("om_" + "\u0661".repeat(36))).isEmpty();
  }

  @Test
  void neverComesTwice() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      assertThat(seen.add(ApiKey.generate(random).value())).isTrue();
    }
  }
}
