package org.omnimamba.jobs.event;

import java.time.Instant;

/**
 * Something that happened to a job.
 *
 * @param seq grows with every event of the job; not without gaps
 * @param type {@code queued}, {@code started}, {@code progress}, {@code partial_image} or {@code
 *     finished}
 * @param at when, by the database's clock
 * @param data a JSON object
 * @param imageSize bytes of its partial image, 0 if there is none
 */
public record JobEvent(long seq, String type, Instant at, String data, int imageSize) {}
