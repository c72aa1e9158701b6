package org.omnimamba.gateway.pictures;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names of pictures in addresses: {@code ID.EXPIRES.SIGNATURE.png}, where the identifier is 128
 * random bits, the expiry Unix time in seconds, and the signature half an HMAC-SHA-256 of the two.
 * The keys come from the secrets that all gateways share, so each knows the others' names; the
 * first signs, and names that any of them signed are valid.
 */
final class PictureLinks {
  private static final Pattern NAME =
      Pattern.compile("([0-9a-f]{32})\\.([0-9]{1,12})\\.([0-9a-f]{32})\\.(?:png|jpg)");
  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 16;

  private final List<SecretKeySpec> keys;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param secrets at least one
   */
  PictureLinks(List<String> secrets, Clock clock) {
    this.keys = secrets.stream().map(PictureLinks::key).toList();
    this.clock = clock;
  }

  private static SecretKeySpec key(String secret) {
    return new SecretKeySpec(
        hmac(
            new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM),
            "omnimamba picture addresses"),
        ALGORITHM);
  }

  /** A picture that a name stands for. */
  record Named(String id, Instant expires) {}

  /** A new identifier. */
  String newId() {
    byte[] id = new byte[BYTES];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  String name(String id, Instant expires, Picture picture) {
    long seconds = expires.getEpochSecond();
    return id
        + "."
        + seconds
        + "."
        + signature(keys.get(0), id, seconds)
        + "."
        + picture.extension();
  }

  /** What the name stands for; empty if nobody here gave it out, or its time is over. */
  Optional<Named> read(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      return Optional.empty();
    }
    Named named = new Named(parts.group(1), Instant.ofEpochSecond(Long.parseLong(parts.group(2))));
    byte[] presented = parts.group(3).getBytes(StandardCharsets.US_ASCII);
    boolean ours = keys.stream().anyMatch(key -> signed(key, named, presented));
    return ours && named.expires().isAfter(clock.instant()) ? Optional.of(named) : Optional.empty();
  }

  private static boolean signed(SecretKeySpec key, Named named, byte[] presented) {
    String signature = signature(key, named.id(), named.expires().getEpochSecond());
    return MessageDigest.isEqual(signature.getBytes(StandardCharsets.US_ASCII), presented);
  }

  private static String signature(SecretKeySpec key, String id, long seconds) {
    return HexFormat.of().formatHex(hmac(key, id + "." + seconds), 0, BYTES);
  }

  private static byte[] hmac(SecretKeySpec key, String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
