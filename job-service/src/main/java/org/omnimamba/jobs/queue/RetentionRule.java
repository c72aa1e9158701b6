package org.omnimamba.jobs.queue;

/**
 * A reason to keep jobs that have ended beyond their retention. Whichever package owns the tables
 * that it looks at declares it as a bean.
 *
 * @param keepIf an SQL condition on a row {@code j} of {@code queue_job}: while it holds, the job
 *     is kept
 */
public record RetentionRule(String keepIf) {}
