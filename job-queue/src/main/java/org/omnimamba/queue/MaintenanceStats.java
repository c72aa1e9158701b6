package org.omnimamba.queue;

/**
 * What one process's maintenance has done since it was made.
 *
 * @param reclaimed jobs taken back from lost workers
 * @param expired waiting jobs whose deadline had passed
 * @param hookFailures how often a job's end could not be written because its terminal hook failed
 * @param setAside jobs that are left alone for a while at this moment because of that
 */
public record MaintenanceStats(long reclaimed, long expired, long hookFailures, int setAside) {}
