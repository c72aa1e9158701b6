package org.omnimamba.gateway.streaming;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How answers are passed on.
 *
 * @param longestSilence after which a stream without any byte is ended; services send a comment
 *     every 15 seconds
 */
@Validated
@ConfigurationProperties("omnimamba.gateway.streaming")
public record StreamingProperties(
    @NotNull @DurationMin(millis = 10) @DefaultValue("60s") Duration longestSilence) {}
