/**
 * job-service: inference requests that are never lost.
 *
 * <p>The queue itself is the library {@code org.omnimamba.queue}. This service adds the HTTP API
 * ({@code web}), the worker that runs jobs against inference-service ({@code worker}), the results
 * ({@code result}), the watching of jobs ({@code event}) and webhooks ({@code webhook}). A process
 * is an API replica, a worker, or both, by configuration.
 */
@NullMarked
package org.omnimamba.jobs;

import org.jspecify.annotations.NullMarked;
