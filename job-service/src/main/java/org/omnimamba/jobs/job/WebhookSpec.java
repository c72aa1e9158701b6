package org.omnimamba.jobs.job;

import java.util.List;

/**
 * A webhook given with a job.
 *
 * @param url where to
 * @param events which of {@link WebhookEvent}'s wire names
 */
public record WebhookSpec(String url, List<String> events) {}
