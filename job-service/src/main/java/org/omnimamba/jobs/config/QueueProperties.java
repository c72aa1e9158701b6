package org.omnimamba.jobs.config;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The queue's rules; all replicas should have the same.
 *
 * @param lease how long a worker's claim holds without a heartbeat
 * @param ageingStep the waiting time that one point of priority is worth
 * @param maxAttempts attempts of one job
 * @param maxRunning jobs of one tenant running at once
 * @param maxQueued jobs of one tenant waiting; more are refused with 429
 * @param retention how long ended jobs and their results are kept
 * @param sweepInterval how often lost leases and passed deadlines are looked for
 * @param depthInterval how often the jobs that wait and run are counted, by one replica for all
 */
public record QueueProperties(
    @DefaultValue("30s") @DurationMin(millis = 300) Duration lease,
    @DefaultValue("1m") @DurationMin(seconds = 0) Duration ageingStep,
    @DefaultValue("5") @Min(1) @Max(100) int maxAttempts,
    @DefaultValue("64") @Min(1) int maxRunning,
    @DefaultValue("10000") @Min(1) int maxQueued,
    @DefaultValue("7d") @DurationMin(hours = 1) Duration retention,
    @DefaultValue("5s") @DurationMin(millis = 10) Duration sweepInterval,
    @DefaultValue("15s") @DurationMin(millis = 100) Duration depthInterval) {}
