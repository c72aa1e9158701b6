/**
 * A job queue in PostgreSQL, on R2DBC.
 *
 * <pre>{@code
 * JobQueue queue = JobQueue.builder(pool).build();
 * JobHandler greet =
 *     context -> Mono.fromRunnable(() -> out.accept("Hello, " + context.payload()));
 * JobWorker worker =
 *     new JobWorker(queue, "greeting", greet, WorkerOptions.of("worker-1", 4), null);
 * QueueMaintenance maintenance = new QueueMaintenance(queue, RetentionOptions.DEFAULTS);
 * worker.start();
 * maintenance.start();
 * queue.submit(NewJob.of("greeting", "tenant-1", "world").build()).block();
 * worker.drain().block();
 * maintenance.close();
 * }</pre>
 *
 * <p>The pool gives connections to a database that holds {@link
 * org.omnimamba.queue.QueueMigrations}. This package stores jobs; {@code queue.job} has the values
 * that go in and come out, and {@code queue.worker} the workers.
 *
 * <h2>Terms</h2>
 *
 * <ul>
 *   <li><b>Job</b>: one piece of work of a <b>kind</b>, owned by a <b>tenant</b>; one row of {@code
 *       queue_job}. A tenant's <b>queue</b> is the set of its queued jobs of one kind.
 *   <li><b>Claim</b>: the right of one worker to run one attempt. It is named by the job's id and
 *       the <b>fencing token</b>, a number in the row that every claim raises by one.
 *   <li><b>Lease</b>: how long a claim holds without being renewed (30 s). A <b>heartbeat</b>,
 *       every third of the lease, renews all leases of a worker in one statement.
 *   <li><b>Attempt</b>: what happens under one claim. A claim counts an attempt; a <b>release</b>
 *       gives the count back, and so does a <b>postponement</b>: what the attempt needs is not
 *       there, so it could not begin. Waits after postponements grow up to 30 s.
 *   <li><b>Deadline</b>: when the job expires, waiting or running, unless it has ended. A result
 *       that comes later is not taken: the job expires.
 *   <li><b>Rank</b>: a job's position in its tenant's queue: the time it became available, minus
 *       one <b>ageing step</b> for each point of priority. A job of priority 3 thus overtakes a job
 *       of priority 0 only if that was submitted less than three ageing steps earlier, and no job
 *       waits for ever.
 *   <li><b>Hint</b>: a NOTIFY. It makes things quick and is never needed for them to be right.
 *   <li><b>Dead letter</b>: a job in {@code failed}, kept with its error; a <b>redrive</b> queues
 *       it again with all its attempts, if its tenant's queue has room.
 *   <li><b>Hook</b>: what the caller writes in the transaction of a change: result rows, an outbox
 *       entry.
 * </ul>
 *
 * <h2>States</h2>
 *
 * <pre>
 *   submit                                  redrive (from failed, expired)
 *     |   +-----------------------------------------------------------------+
 *     v   v                                                                 |
 *   QUEUED ---------------- claim -------------&gt; IN_PROGRESS -- complete --&gt; COMPLETED
 *     |  ^                                        |  |  |  |                |
 *     |  +-- fail, retryable and attempts left ---+  |  |  +-- fail -----&gt; FAILED
 *     |  +-- release, postpone ----------------------+  |       lease ran out, no attempt left
 *     |  +-- lease ran out, attempts left --------------+  |
 *     |                                                  cancel
 *     |                                                    v
 *     +-- cancel ----------------&gt; CANCELLED &lt;-------- CANCELLING -- complete --&gt; COMPLETED
 *     |                               (stopped, failed, released, or lease ran out)
 *     +-- deadline --------------&gt; EXPIRED &lt;--- deadline, from IN_PROGRESS too
 * </pre>
 *
 * <p>An attempt that reaches its result while it is being cancelled completes: the work is done,
 * and saying otherwise would be untrue.
 *
 * <h2>The claim</h2>
 *
 * <p>One statement, {@code SELECT ... FROM queue_claim(...)}: it finds the tenants that have jobs
 * waiting (one index descent each), divides the free slots among them so that the numbers of their
 * running jobs become as equal as their queues and caps allow (of two equal tenants the one that
 * was served longest ago comes first), locks the first rows of each queue with {@code FOR UPDATE
 * SKIP LOCKED}, and sets lease, token and status. Its cost depends on the number of tenants with
 * waiting jobs and on the number of jobs asked for, not on how many wait. Tenants are equal
 * whatever priorities they give their jobs.
 *
 * <p>If only one tenant has jobs waiting, there is nothing to divide: one query finds that out and
 * one takes the rows. Otherwise the slots are divided in rounds. The first round assumes that every
 * queue is long enough. If a queue was shorter than its share, the next round divides the slots
 * that are left among the tenants that still have jobs. The shares are the same as if all queues
 * had been counted first, but only rows that are taken are read.
 *
 * <p>Claims of one kind take turns at the server, for the length of that one statement and its
 * commit, because a running cap read from two snapshots at once is not a cap.
 *
 * <h2>Submissions</h2>
 *
 * <p>Jobs that are submitted while a statement with earlier ones is running share the next
 * statement and its commit, up to 64 at a time; each submitter gets the answer for its own job
 * after that commit. A job is submitted by itself if it has an idempotency key, is large, or
 * belongs to a queue that is nearly full, since each of these needs a decision of its own. Hints
 * are collected for 5 ms, so that many submissions send one.
 *
 * <h2>Connections</h2>
 *
 * <p>Connections should be made with {@code forceBinary}: the driver asks for text otherwise, and
 * parsing the times of ten claimed jobs takes longer than finding them. A validation query costs
 * the pool one round trip for each statement.
 *
 * <h2>The trust window</h2>
 *
 * <p>Two clocks exist and are never compared. Leases, delays and deadlines are times of the
 * database's clock, set and judged in SQL. The worker only measures how much time has passed, on
 * its monotonic clock: it trusts a lease until <i>the moment it sent the claim or heartbeat + lease
 * - margin</i>. Since it starts to count before the database does, and stops a margin earlier, it
 * stops before the database would give the job to another worker, however slow the answer was. When
 * the window closes the handler is cancelled and its result is dropped.
 *
 * <p>A process may be stopped for longer than its lease (a pause, a suspended machine) and wake up
 * inside a write. The window cannot help there; the fencing token does. Every write under a claim
 * requires {@code token} to be the claim's and the status to be that of a running job; when no row
 * matches, nothing was written, and the caller gets {@link
 * org.omnimamba.queue.job.LeaseLostException}. A late write by a holder that has not been replaced
 * yet is accepted: its result is correct, and there is no other.
 *
 * <h2>What is promised</h2>
 *
 * <ul>
 *   <li>An accepted job reaches exactly one terminal status, once, as long as some worker and some
 *       maintenance run.
 *   <li>What a hook writes through its connection is there once if and only if the change it
 *       belongs to is.
 *   <li>An attempt may run more than once (at least once): effects of a handler outside the
 *       database must bear repetition.
 * </ul>
 *
 * <h2>When things fail</h2>
 *
 * <ul>
 *   <li><b>A worker is killed.</b> Its leases run out within 30 s; maintenance, which looks every 5
 *       s in every process, queues the jobs again with their old ranks, and the attempt counts. A
 *       job that kills its workers thus ends in {@code failed} with {@code worker_lost}.
 *   <li><b>A worker's machine vanishes inside a transaction.</b> The server does not notice and the
 *       rows stay locked, so the jobs could not be taken back. Every transaction therefore tells
 *       the server to end the session when the next statement does not come within a lease.
 *   <li><b>A worker cannot reach the database.</b> Heartbeats fail; at the end of the trust window
 *       it cancels its handlers. A result that is ready meanwhile is tried again until then.
 *   <li><b>The answer to a commit is lost.</b> Completing is repeated; the repetition finds the job
 *       completed under its own token and gives it back. The hook does not run twice, since it
 *       committed with the first.
 *   <li><b>The answer to a claim is lost.</b> The jobs are claimed but no worker runs them, until
 *       their leases run out. The attempt counts.
 *   <li><b>A backend is terminated, the database restarts.</b> As above; the pool replaces its
 *       connections, the listener connects again and counts it, and each connect makes workers
 *       look.
 *   <li><b>A hint is lost.</b> Polling finds the work within a poll interval; a heartbeat's answer
 *       carries the wish to cancel within a third of the lease.
 *   <li><b>A hook fails.</b> Its transaction is rolled back, and the attempt is recorded as failed.
 *       Where the hook of a job's end fails in maintenance, that job alone is left as it is and
 *       tried again later, at most 5 min later; it is logged and counted ({@link
 *       org.omnimamba.queue.MaintenanceStats}).
 *   <li><b>The database's clock is set back.</b> Queued jobs, waits and leases then have times in
 *       the future. Maintenance notices it at its next look (5 s) and gives such jobs new times: in
 *       their old order, before what was submitted since. Deadlines stay the moments they are.
 *   <li><b>A worker is drained.</b> It stops claiming, waits, then releases what still runs: those
 *       jobs keep their ranks and the attempts do not count.
 * </ul>
 *
 * <h2>Limits that are soft</h2>
 *
 * <p>The running cap is exact. The queue-depth cap is exact except that submissions which are under
 * way at the same moment, more than 64 of one tenant at once and far enough below the cap to need
 * no lock, may pass it together. Deleting a job, or letting it grow old, forgets its idempotency
 * key.
 *
 * <h2>Migrations</h2>
 *
 * <p>The library's migrations are V100 to V199 and have a Flyway history of their own ({@link
 * org.omnimamba.queue.QueueMigrations}). They must work on PostgreSQL 16, 17 and 18. During an
 * upgrade, and after it has been taken back, workers of the version before run against the new
 * tables, so:
 *
 * <ul>
 *   <li>A new migration takes the next number. One that has been released is never edited.
 *   <li>It only adds: tables, columns that may be null or have a default, indexes, functions. A
 *       function keeps its parameters, result and meaning; a changed one gets a new name.
 *   <li>What the version before still uses is removed one version later.
 *   <li>It takes no lock for long: large tables are not rewritten and not scanned under a lock that
 *       stops writers.
 * </ul>
 *
 * <h2>Keeping the tables healthy</h2>
 *
 * <p>Every job leaves dead rows and index entries at the head of its queue. The migrations set on
 * {@code queue_job}: fill factor 70, so that heartbeats and progress stay on their page and touch
 * no index; vacuum after 2,000 dead rows whatever the table's size ({@code
 * autovacuum_vacuum_scale_factor = 0}), without cost delay; analyse after 2 % of changes. On the
 * server, {@code autovacuum_naptime} of 10 to 15 s suits a busy queue better than the default of a
 * minute. Keep long transactions away from the queue's database: vacuum can remove nothing that an
 * old snapshot may still see. Results live in {@code queue_result}, one partition a day, and are
 * given back by dropping partitions; old job rows are deleted in batches of 500.
 */
@NullMarked
package org.omnimamba.queue;

import org.jspecify.annotations.NullMarked;
