package org.omnimamba.queue;

import java.util.List;

/**
 * What a request to put many jobs in line again did.
 *
 * @param jobs those that wait again
 * @param more whether others match that were left: beyond the limit, or beyond the room in line
 */
public record RedrivenJobs(List<Job> jobs, boolean more) {}
