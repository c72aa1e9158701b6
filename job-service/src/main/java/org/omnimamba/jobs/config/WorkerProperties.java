package org.omnimamba.jobs.config;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The working side.
 *
 * @param enabled false makes a replica that only answers HTTP
 * @param concurrency jobs run at once by this process
 * @param pollInterval how often the queue is looked at when no hint arrives
 * @param progressInterval the shortest time between two progress writes of one job
 * @param maxPartialImages partial images kept for one job
 * @param maxPartialImage the largest partial image kept
 * @param maxResult the largest answer of inference-service that is accepted; where it is not set
 *     64MB, or less if the heap is small
 * @param idleTimeout how long inference-service may stay silent during one request
 */
public record WorkerProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("4") @Min(1) @Max(1024) int concurrency,
    @DefaultValue("1s") @DurationMin(millis = 10) Duration pollInterval,
    @DefaultValue("500ms") @DurationMin(millis = 0) Duration progressInterval,
    @DefaultValue("8") @Min(0) @Max(64) int maxPartialImages,
    @DefaultValue("4MB") DataSize maxPartialImage,
    @Nullable DataSize maxResult,
    @DefaultValue("120s") @DurationMin(millis = 100) Duration idleTimeout) {}
