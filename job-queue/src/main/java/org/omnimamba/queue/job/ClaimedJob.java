package org.omnimamba.queue.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A job together with the claim on it.
 *
 * @param job the job, in progress
 * @param payload what it was submitted with
 * @param token the fencing token of this claim, quoted by every later write
 * @param lease how long the claim holds from the moment the claim was sent
 * @param timeLeft how long until its deadline, by the database's clock, or null for ever
 */
public record ClaimedJob(
    Job job, String payload, long token, Duration lease, @Nullable Duration timeLeft) {}
