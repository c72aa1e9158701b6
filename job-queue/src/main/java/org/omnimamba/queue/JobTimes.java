package org.omnimamba.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When things happened to a job, all by the database's clock.
 *
 * @param created when it was submitted
 * @param available from when it may be claimed; later than {@code created} for a delayed or retried
 *     job
 * @param started when its first attempt was claimed
 * @param updated when its row last changed
 * @param finished when it reached a terminal status
 * @param deadline when it expires unless it has finished, or null for never
 */
public record JobTimes(
    Instant created,
    Instant available,
    @Nullable Instant started,
    Instant updated,
    @Nullable Instant finished,
    @Nullable Instant deadline) {}
