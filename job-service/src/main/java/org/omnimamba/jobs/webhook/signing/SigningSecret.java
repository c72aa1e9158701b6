package org.omnimamba.jobs.webhook.signing;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * A symmetric secret of Standard Webhooks 1.0: 24 to 64 random bytes, written as {@code whsec_}
 * followed by their base64.
 */
public final class SigningSecret {
  static final String PREFIX = "whsec_";
  private static final int LENGTH = 32;

  private final byte[] key;

  private SigningSecret(byte[] key) {
    this.key = key;
  }

  /** A fresh secret of 32 bytes. Reads the system's randomness, so not on an event loop. */
  public static SigningSecret generate(SecureRandom random) {
    byte[] key = new byte[LENGTH];
    random.nextBytes(key);
    return new SigningSecret(key);
  }

  /**
   * Wraps raw key bytes.
   *
   * @throws IllegalArgumentException when there are fewer than 24 or more than 64
   */
  public static SigningSecret of(byte[] key) {
    if (key.length < 24 || key.length > 64) {
      throw new IllegalArgumentException("a webhook secret has 24 to 64 bytes, not " + key.length);
    }
    return new SigningSecret(key.clone());
  }

  /** The text form that the receiver's library expects, {@code whsec_...}. */
  public String text() {
    return PREFIX + Base64.getEncoder().encodeToString(key);
  }

  /** The raw key bytes, a copy. */
  public byte[] bytes() {
    return key.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SigningSecret that && Arrays.equals(key, that.key);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(key);
  }

  /** Never the secret itself: it must not end up in a log. */
  @Override
  public String toString() {
    return PREFIX + "***";
  }
}
