package org.omnimamba.jobs.config;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * What all services of the platform share.
 *
 * @param internalToken proves to a service that a request comes from inside the platform; at least
 *     16 characters
 */
@Validated
@ConfigurationProperties("omnimamba")
public record PlatformProperties(@NotNull @Size(min = 16) String internalToken) {

  /** Never the token itself. */
  @Override
  public String toString() {
    return "PlatformProperties[internalToken=***]";
  }
}
