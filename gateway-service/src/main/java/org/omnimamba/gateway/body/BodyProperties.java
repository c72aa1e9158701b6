package org.omnimamba.gateway.body;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits of request bodies.
 *
 * @param maxSize largest body; a larger one is refused with 413, whether announced or chunked
 * @param timeout time for the whole body to arrive; then 408
 * @param memory all bodies held at one time together; when it is used up, 503. Computed from the
 *     heap where it is not set
 * @param maxDepth deepest nesting of JSON
 */
@Validated
@ConfigurationProperties("omnimamba.gateway.body")
public record BodyProperties(
    @NotNull @DefaultValue("32MB") DataSize maxSize,
    @NotNull @DurationMin(millis = 1) @DefaultValue("60s") Duration timeout,
    @Nullable DataSize memory,
    @Min(4) @Max(500) @DefaultValue("64") int maxDepth) {
  public BodyProperties {
    if (maxSize.toBytes() < 1024 || maxSize.toBytes() > Integer.MAX_VALUE / 2) {
      throw new IllegalArgumentException("max-size must be between 1KB and 1GB");
    }
    if (memory != null && memory.toBytes() < maxSize.toBytes()) {
      throw new IllegalArgumentException("memory must be at least max-size");
    }
  }
}
