package org.omnimamba.jobs.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a job.
 *
 * @param seq grows with every event of the job; not without gaps
 * @param type {@code queued}, {@code started}, {@code progress}, {@code partial_image} or {@code
 *     finished}
 * @param at when, by the database's clock
 * @param data a JSON object
 * @param image the bytes of a partial image, else null
 */
@SuppressWarnings("ArrayRecordComponent") // handed through once, never compared
public record JobEvent(long seq, String type, Instant at, String data, byte @Nullable [] image) {}
