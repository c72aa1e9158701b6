package org.omnimamba.queue.worker;

/**
 * What a worker has done since it was started.
 *
 * @param claimed attempts begun
 * @param completed jobs completed
 * @param retried attempts that failed and will be tried again
 * @param failed jobs failed for good
 * @param cancelled jobs stopped on request
 * @param expired jobs stopped at their deadline
 * @param released jobs given back, by a drain or because what they need is not there
 * @param lost attempts dropped because their lease was lost
 * @param heartbeats heartbeats that were answered
 */
public record WorkerStats(
    long claimed,
    long completed,
    long retried,
    long failed,
    long cancelled,
    long expired,
    long released,
    long lost,
    long heartbeats) {}
