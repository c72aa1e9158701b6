/**
 * Runs inference jobs: asks inference-service for a stream, tells progress and partial images while
 * it comes, and collects the whole answer as the job's result.
 *
 * <p>Cancelling an attempt (its owner asked, its deadline passed, its lease was lost, the process
 * drains) drops the HTTP stream, which makes the engine stop between two tokens. A failure is
 * sorted by {@link org.omnimamba.jobs.worker.UpstreamFailures}: what the request's author must mend
 * is final, what may pass by itself is tried again.
 */
@NullMarked
package org.omnimamba.jobs.worker;

import org.jspecify.annotations.NullMarked;
