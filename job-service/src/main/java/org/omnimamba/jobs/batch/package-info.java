/**
 * Batches: a file of requests in, files of answers and of errors out.
 *
 * <p>A batch is a job of kind {@code batch} on the queue ({@code batch_of_responses} if its
 * requests are those of {@code POST /v1/responses}). Whoever holds that job's claim drives the
 * batch ({@link org.omnimamba.jobs.batch.BatchDriver}), and every step is one transaction that
 * first locks the claim's row ({@link org.omnimamba.jobs.batch.BatchClaim}): a process that was
 * lost is replaced when its lease has run out, and one that was only slow changes nothing any more.
 * One that says nothing in the middle of a transaction, since its machine has vanished, holds that
 * lock until the server ends the transaction, another lease later.
 *
 * <pre>
 *   validating --&gt; failed
 *       |
 *   in_progress --&gt; finalizing --&gt; completed
 *       |  |
 *       |  +-- cancelling --&gt; cancelled     (also from validating)
 *       +--&gt; expired
 * </pre>
 *
 * <p>Validation reads the whole input file and writes the place of each line, or fails the batch.
 * Lines become jobs of kind {@code batch_line} or {@code batch_response}, a window of them at a
 * time; the job and the mark that the line has one commit together. The end of such a job is
 * written to its line in the transaction that ends it ({@link
 * org.omnimamba.jobs.batch.BatchLineEnd}). When no line is open the files are written, in the order
 * of the lines, and shown together with the batch's last status; files of a process that was lost
 * before were never seen and are removed as broken uploads are.
 */
@NullMarked
package org.omnimamba.jobs.batch;

import org.jspecify.annotations.NullMarked;
