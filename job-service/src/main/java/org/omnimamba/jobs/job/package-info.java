/**
 * An inference request as a job: what is kept of it in the queue, and how one is submitted.
 *
 * <p>The queue's payload is the body for inference-service, untouched but for {@code stream}; what
 * is shown with every snapshot (endpoint, summary, metadata, webhook) are the queue's attributes.
 */
@NullMarked
package org.omnimamba.jobs.job;

import org.jspecify.annotations.NullMarked;
