package org.omnimamba.queue.job;

import java.util.List;

/**
 * What a request to put many jobs in line again did.
 *
 * @param jobs those that wait again
 * @param more whether others match that were left: beyond the limit, beyond the room in line, or
 *     being put in line by another request at this moment
 * @param full whether there was no room in line at all
 */
public record RedrivenJobs(List<Job> jobs, boolean more, boolean full) {}
