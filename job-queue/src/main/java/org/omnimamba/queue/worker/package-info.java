/**
 * The worker: it claims jobs through {@link org.omnimamba.queue.JobLeases}, runs a {@link
 * org.omnimamba.queue.worker.JobHandler} on each, keeps the leases alive by heartbeats, and writes
 * how each attempt ended. The package {@code org.omnimamba.queue} says what happens in each kind of
 * failure.
 */
@NullMarked
package org.omnimamba.queue.worker;

import org.jspecify.annotations.NullMarked;
