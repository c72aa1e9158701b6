package org.omnimamba.jobs.config;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The HTTP side.
 *
 * @param enabled false makes a replica that only works
 * @param maxBody the largest request body, whether its length is announced or not
 * @param bodyMemory memory for all request bodies together; computed from the heap where it is not
 *     set
 * @param maxJsonDepth how deep the JSON of a request may be nested
 * @param maxWait the longest {@code Prefer: wait} that is honoured
 * @param keepAlive how often a silent event stream gets a comment, so that proxies keep it open
 * @param eventPoll how often an event stream looks into the database when no hint arrives
 * @param maxStreams how many event streams and waiting requests one replica holds at once, of one
 *     tenant no more than are still free
 * @param maxDownloads how many results one replica sends at once, of one tenant no more than are
 *     still free
 * @param maxResponses how many responses one replica answers at once, of one tenant no more than
 *     are still free
 */
public record ApiProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("16MB") DataSize maxBody,
    @Nullable DataSize bodyMemory,
    @DefaultValue("64") @Min(8) @Max(1000) int maxJsonDepth,
    @DefaultValue("60s") @DurationMin(seconds = 1) @DurationMax(minutes = 10) Duration maxWait,
    @DefaultValue("15s") @DurationMin(millis = 100) Duration keepAlive,
    @DefaultValue("2s") @DurationMin(millis = 50) Duration eventPoll,
    @DefaultValue("1000") @Min(1) int maxStreams,
    @DefaultValue("128") @Min(1) int maxDownloads,
    @DefaultValue("128") @Min(1) int maxResponses) {}
