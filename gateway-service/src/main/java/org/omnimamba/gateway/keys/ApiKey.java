package org.omnimamba.gateway.keys;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The form of a key: {@code om_}, 30 random base62 characters (178 bits), and the CRC32 of those 30
 * as six more base62 characters.
 *
 * <p>The fixed beginning lets scanners find leaked keys; the checksum lets a mistyped key be
 * refused without asking the database. The first eleven characters are the {@link #prefix()}: they
 * find the stored digest and name the key in lists, and give no useful part of the secret away.
 */
public final class ApiKey {
  private static final String MARK = "om_";
  private static final int RANDOM_LENGTH = 30;
  private static final int CHECKSUM_LENGTH = 6;
  private static final int LENGTH = MARK.length() + RANDOM_LENGTH + CHECKSUM_LENGTH;
  private static final int PREFIX_LENGTH = MARK.length() + 8;
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private final String value;

  private ApiKey(String value) {
    this.value = value;
  }

  /** A new key. */
  public static ApiKey generate(SecureRandom random) {
    StringBuilder body = new StringBuilder(RANDOM_LENGTH);
    for (int i = 0; i < RANDOM_LENGTH; i++) {
      body.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return new ApiKey(MARK + body + checksum(body.toString()));
  }

  /** The key, or empty if the text has another form or a wrong checksum. */
  public static Optional<ApiKey> parse(String text) {
    if (text.length() != LENGTH || !text.startsWith(MARK)) {
      return Optional.empty();
    }
    String body = text.substring(MARK.length(), MARK.length() + RANDOM_LENGTH);
    boolean base62 = body.chars().allMatch(character -> ALPHABET.indexOf(character) >= 0);
    return base62 && text.endsWith(checksum(body))
        ? Optional.of(new ApiKey(text))
        : Optional.empty();
  }

  /** What finds the key in the database and names it in lists. */
  public String prefix() {
    return value.substring(0, PREFIX_LENGTH);
  }

  /** The key in full: shown to its owner once. */
  public String value() {
    return value;
  }

  /** SHA-256 of the key; 178 random bits need no salt and no slow hash. */
  byte[] digest() {
    return Sha256.of(value.getBytes(StandardCharsets.US_ASCII));
  }

  /** The prefix only, so that a key cannot get into a log by accident. */
  @Override
  public String toString() {
    return prefix() + "...";
  }

  private static String checksum(String body) {
    CRC32 crc = new CRC32();
    crc.update(body.getBytes(StandardCharsets.US_ASCII));
    long rest = crc.getValue();
    char[] digits = new char[CHECKSUM_LENGTH];
    for (int i = CHECKSUM_LENGTH - 1; i >= 0; i--) {
      digits[i] = ALPHABET.charAt((int) (rest % ALPHABET.length()));
      rest /= ALPHABET.length();
    }
    return new String(digits);
  }
}
