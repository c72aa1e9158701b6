package org.omnimamba.queue.job;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as its owner sees it: a snapshot of its row without the payload, which may be large.
 *
 * @param id time-ordered (UUID version 7), given by the database
 * @param kind which handler it is for
 * @param tenant whose it is
 * @param status where it stands
 * @param version counts the visible changes of the row from 1: an entity tag
 * @param priority 0 to 9, more is sooner within the tenant
 * @param attempt attempts begun so far; a released attempt is not counted
 * @param maxAttempts attempts allowed
 * @param progress how far the present or last attempt came
 * @param resultReference where the result lies, set by the handler when it completed
 * @param error why the last attempt failed, kept while the job waits for the next one
 * @param idempotencyKey the key it was submitted with
 * @param attributes a small JSON object of the submitter's own, returned with every snapshot
 * @param times when things happened
 */
public record Job(
    UUID id,
    String kind,
    String tenant,
    JobStatus status,
    long version,
    int priority,
    int attempt,
    int maxAttempts,
    Progress progress,
    @Nullable String resultReference,
    @Nullable JobError error,
    @Nullable String idempotencyKey,
    String attributes,
    JobTimes times) {}
