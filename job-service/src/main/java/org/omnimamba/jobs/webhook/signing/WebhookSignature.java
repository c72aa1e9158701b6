package org.omnimamba.jobs.webhook.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The {@code webhook-signature} header of Standard Webhooks 1.0: {@code v1,} and the base64 of
 * HMAC-SHA256 over {@code id.timestamp.body}, one entry per secret, separated by spaces (two while
 * a secret is being rotated).
 */
public final class WebhookSignature {
  private WebhookSignature() {}

  /**
   * Signs one message.
   *
   * @param id the message's id, the same for every attempt
   * @param timestamp when this attempt is made, sent as whole seconds
   * @param body the exact bytes of the request's body
   * @param secrets the secrets in force, newest first; at least one
   */
  public static String header(
      String id, Instant timestamp, byte[] body, List<SigningSecret> secrets) {
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("no secret to sign with");
    }
    byte[] prefix = (id + "." + timestamp.getEpochSecond() + ".").getBytes(UTF_8);
    return secrets.stream()
        .map(secret -> "v1," + Base64.getEncoder().encodeToString(hmac(secret, prefix, body)))
        .collect(Collectors.joining(" "));
  }

  private static byte[] hmac(SigningSecret secret, byte[] prefix, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.bytes(), "HmacSHA256"));
      mac.update(prefix);
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
    }
  }
}
