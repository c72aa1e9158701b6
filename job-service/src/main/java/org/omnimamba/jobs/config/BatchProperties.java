package org.omnimamba.jobs.config;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Batches.
 *
 * @param concurrency requests of batches that this process runs at once, beside other jobs; those
 *     of batches of responses have as many slots of their own
 * @param drivers batches that this process takes care of at once, and as many of responses
 * @param window requests of one batch that wait or run at once; the others wait in its file
 * @param pollInterval how often a batch is looked at
 */
public record BatchProperties(
    @DefaultValue("4") @Min(1) @Max(1024) int concurrency,
    @DefaultValue("64") @Min(1) @Max(1024) int drivers,
    @DefaultValue("200") @Min(1) @Max(10_000) int window,
    @DefaultValue("500ms") @DurationMin(millis = 10) Duration pollInterval) {}
