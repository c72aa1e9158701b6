package org.omnimamba.jobs.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A job to be submitted, its values checked.
 *
 * @param attributes what is shown with it
 * @param body the request for inference-service
 * @param priority 0 to 9
 * @param deadline when it expires, or null
 */
public record InferenceJob(
    JobAttributes attributes, ObjectNode body, int priority, @Nullable Instant deadline) {}
