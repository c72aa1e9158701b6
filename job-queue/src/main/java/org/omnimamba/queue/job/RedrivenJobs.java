package org.omnimamba.queue.job;

import java.util.List;

/**
 * What a request to queue many jobs again did.
 *
 * @param jobs those that wait again
 * @param more whether others match that were left: beyond the limit, beyond the room in the queue,
 *     or being queued by another request at this moment
 * @param full whether the queue had no room at all
 */
public record RedrivenJobs(List<Job> jobs, boolean more, boolean full) {}
