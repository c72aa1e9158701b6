package org.omnimamba.jobs.webhook.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

class SecretCipherTest {
  private final SecureRandom random = new SecureRandom();
  private final byte[] oldKey = random.generateSeed(32);
  private final byte[] newKey = random.generateSeed(32);
  private final byte[] plain = {1, 2, 3, 4};

  @Test
  void opensWhatItSealedAndNeverSealsTheSameTwice() {
    SecretCipher cipher = new SecretCipher(List.of(oldKey), random);
    byte[] sealed = cipher.seal(plain, "row 1");
    assertThat(cipher.open(sealed, "row 1")).isEqualTo(plain);
    assertThat(cipher.seal(plain, "row 1")).isNotEqualTo(sealed);
  }

  @Test
  void aSealedSecretDoesNotOpenInAnotherRowNorWhenAltered() {
    SecretCipher cipher = new SecretCipher(List.of(oldKey), random);
    byte[] sealed = cipher.seal(plain, "row 1");
    assertThatIllegalStateException().isThrownBy(() -> cipher.open(sealed, "row 2"));
    sealed[sealed.length - 1] ^= 1;
    assertThatIllegalStateException().isThrownBy(() -> cipher.open(sealed, "row 1"));
    assertThatIllegalStateException().isThrownBy(() -> cipher.open(new byte[5], "row 1"));
  }

  @Test
  void aReplacedKeyStillOpensOldSecretsWhileItIsConfigured() {
    byte[] sealed = new SecretCipher(List.of(oldKey), random).seal(plain, "row");
    assertThat(new SecretCipher(List.of(newKey, oldKey), random).open(sealed, "row"))
        .isEqualTo(plain);
    assertThatIllegalStateException()
        .isThrownBy(() -> new SecretCipher(List.of(newKey), random).open(sealed, "row"))
        .withMessageContaining("not configured");
  }

  @Test
  void keysOfAnotherLengthAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SecretCipher(List.of(new byte[16]), random));
  }
}
