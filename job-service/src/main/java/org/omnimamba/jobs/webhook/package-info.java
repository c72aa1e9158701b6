/**
 * Webhooks by Standard Webhooks 1.0: who is told when a job ends, and how that is made certain.
 *
 * <p>When an inference job ends, whoever ends it, {@link org.omnimamba.jobs.webhook.WebhookOutbox}
 * writes one delivery for each interested receiver and puts a job of kind {@code webhook} in line
 * for it, in the same transaction: the outbox is the queue. A worker makes one attempt after the
 * other by {@link org.omnimamba.jobs.webhook.delivery.RetrySchedule}, each kept as a row.
 *
 * <p>A receiver is a registered endpoint with a secret of its own, or a URL given with a job, which
 * is signed with the tenant's default secret. A crash between an attempt and its record repeats the
 * attempt under the same {@code webhook-id}, by which receivers tell repetitions.
 */
@NullMarked
package org.omnimamba.jobs.webhook;

import org.jspecify.annotations.NullMarked;
