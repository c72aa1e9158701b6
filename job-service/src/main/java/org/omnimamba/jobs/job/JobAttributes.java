package org.omnimamba.jobs.job;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is kept beside a job and shown with it.
 *
 * @param endpoint the path of an {@link Endpoint}
 * @param metadata the submitter's own pairs
 * @param webhook where to tell about the end, or null
 */
public record JobAttributes(
    String endpoint, Map<String, String> metadata, @Nullable WebhookSpec webhook) {}
