package org.omnimamba.jobs.config;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Files that clients upload. Their bytes are kept where results are kept.
 *
 * @param maxSize the largest file
 * @param maxBatchSize the largest file with the requests of a batch
 * @param maxFiles files of one tenant
 * @param batchRetention how long a file with the requests of a batch is kept where its upload does
 *     not say
 * @param idleTimeout how long an upload may stand still
 */
public record FileProperties(
    @DefaultValue("512MB") DataSize maxSize,
    @DefaultValue("200MB") DataSize maxBatchSize,
    @DefaultValue("10000") @Min(1) int maxFiles,
    @DefaultValue("30d") @DurationMin(hours = 1) Duration batchRetention,
    @DefaultValue("60s") @DurationMin(millis = 100) Duration idleTimeout) {}
