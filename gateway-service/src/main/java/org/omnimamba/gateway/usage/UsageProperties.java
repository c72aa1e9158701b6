package org.omnimamba.gateway.usage;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How usage is kept.
 *
 * @param writtenEvery how often what was counted is written; a process that is killed loses what it
 *     counted since
 */
@Validated
@ConfigurationProperties("omnimamba.gateway.usage")
record UsageProperties(
    @NotNull @DurationMin(millis = 10) @DurationMax(minutes = 5) @DefaultValue("1s")
        Duration writtenEvery) {}
