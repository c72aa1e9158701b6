package org.omnimamba.jobs.config;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Sending webhooks.
 *
 * @param secretKey base64 of 32 random bytes, seals the signing secrets in the database; without it
 *     there are no webhooks
 * @param previousSecretKeys keys that were replaced and still open what they sealed
 * @param allowedPorts ports that may be contacted
 * @param developmentHosts exceptions for local development, {@code host} or {@code host:port}:
 *     reached over http too and wherever they point; empty in production
 * @param timeout for one attempt
 * @param concurrency attempts made at once by this process
 * @param maxRunning attempts for one tenant made at once by all processes; fewer than {@code
 *     concurrency}, so that receivers that hang leave slots for other tenants
 * @param rotationOverlap how long a replaced secret still signs beside the new one
 * @param maxEndpoints endpoints of one tenant
 */
public record WebhookProperties(
    @Nullable String secretKey,
    @DefaultValue({}) List<String> previousSecretKeys,
    @DefaultValue("443") Set<@Min(1) @Max(65535) Integer> allowedPorts,
    @DefaultValue({}) Set<String> developmentHosts,
    @DefaultValue("15s") @DurationMin(millis = 100) Duration timeout,
    @DefaultValue("8") @Min(1) @Max(1024) int concurrency,
    @DefaultValue("4") @Min(1) int maxRunning,
    @DefaultValue("24h") @DurationMin(seconds = 0) Duration rotationOverlap,
    @DefaultValue("20") @Min(1) @Max(1000) int maxEndpoints) {

  /** Whether there are webhooks at all. */
  public boolean enabled() {
    return secretKey != null && !secretKey.isEmpty();
  }

  @AssertTrue(message = "secret-key and previous-secret-keys must be base64 of 32 bytes each")
  public boolean isEveryKeyWellFormed() {
    return keyTexts().allMatch(WebhookProperties::isKey);
  }

  /** The decoded keys, the sealing one first; empty without webhooks. */
  public List<byte[]> keys() {
    List<byte[]> keys = new ArrayList<>();
    keyTexts().forEach(text -> keys.add(Base64.getDecoder().decode(text)));
    return keys;
  }

  private Stream<String> keyTexts() {
    return secretKey == null || secretKey.isEmpty()
        ? Stream.of()
        : Stream.concat(Stream.of(secretKey), previousSecretKeys.stream());
  }

  private static boolean isKey(String base64) {
    try {
      return Base64.getDecoder().decode(base64).length == 32;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Never the keys themselves. */
  @Override
  public String toString() {
    return "WebhookProperties[enabled=" + enabled() + "]";
  }
}
