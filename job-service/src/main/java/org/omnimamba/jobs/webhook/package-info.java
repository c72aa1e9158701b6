/**
 * Webhooks by Standard Webhooks 1.0: which receivers are notified when a job ends, and how that is
 * made certain.
 *
 * <p>When an inference job ends, in whatever way, {@link org.omnimamba.jobs.webhook.WebhookOutbox}
 * writes one delivery for each interested receiver and queues a job of kind {@code webhook} for it,
 * in the same transaction: the outbox is the queue. A worker makes one attempt after the other by
 * {@link org.omnimamba.jobs.webhook.delivery.RetrySchedule}, each kept as a row.
 *
 * <p>A receiver is a registered endpoint with a secret of its own, or a URL given with a job, which
 * is signed with the tenant's default secret. A crash between an attempt and its record repeats the
 * attempt under the same {@code webhook-id}, by which receivers tell repetitions.
 */
@NullMarked
package org.omnimamba.jobs.webhook;

import org.jspecify.annotations.NullMarked;
