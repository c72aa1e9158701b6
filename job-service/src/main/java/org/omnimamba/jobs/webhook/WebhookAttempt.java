package org.omnimamba.jobs.webhook;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to deliver, as its tenant may see it: the first bytes of the answer are kept, but not
 * shown.
 *
 * @param number from 1, going on through replays
 * @param at when it was recorded
 * @param httpStatus the answer's status, or null without an answer
 * @param latencyMs how long it took
 * @param error why it failed, or null
 * @param nextAt when the next one is due, or null
 */
public record WebhookAttempt(
    int number,
    Instant at,
    @Nullable Integer httpStatus,
    int latencyMs,
    @Nullable String error,
    @Nullable Instant nextAt) {}
