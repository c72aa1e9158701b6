package org.omnimamba.inference;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The secret that callers of this service must know.
 *
 * @param internalToken what the header {@code X-OmniMamba-Internal-Token} must carry; at least 16
 *     characters
 */
@Validated
@ConfigurationProperties("omnimamba")
public record InternalTokenProperties(@NotNull @Size(min = 16, max = 256) String internalToken) {
  /** Keeps the secret out of logs. */
  @Override
  public String toString() {
    return "InternalTokenProperties[internalToken=***]";
  }
}
