package org.omnimamba.queue;

import io.r2dbc.spi.Connection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.TransactionHook;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Changes job rows: the change and its hooks in one transaction, the hint after the commit. */
final class Transitions {
  private final Db db;
  private final Hints hints;
  private final Map<String, TransactionHook> terminalHooks;

  Transitions(Db db, Hints hints, Map<String, TransactionHook> terminalHooks) {
    this.db = db;
    this.hints = hints;
    this.terminalHooks = Map.copyOf(terminalHooks);
  }

  /**
   * Changes one row by a statement that cannot end a job, so that no hook is due: one round trip.
   * Empty when the statement found no row.
   *
   * @param sql returns {@link JobRow#COLUMNS}
   */
  Mono<Job> keeping(String sql, Object... arguments) {
    return db.change(JobRow::job, sql, arguments).doOnNext(hints::changed);
  }

  /**
   * Changes one row by a statement that may end the job, whose terminal hook then runs in the same
   * transaction; empty when the statement found no row.
   *
   * @param sql returns {@link JobRow#COLUMNS}
   */
  Mono<Job> ending(String kind, TransactionHook hook, String sql, Object... arguments) {
    Mono<Job> change =
        needsTransaction(kind, hook)
            ? db.transaction(
                c ->
                    Statements.query(c, JobRow::job, sql, arguments)
                        .collectList()
                        .flatMap(jobs -> hooks(c, jobs, hook).then(Mono.justOrEmpty(first(jobs)))))
            : db.change(JobRow::job, sql, arguments);
    return change.doOnNext(hints::changed);
  }

  /** Whether the end of a job of that kind must run anything besides its one statement. */
  boolean needsTransaction(String kind, TransactionHook hook) {
    return hook != TransactionHook.NONE || terminalHooks.containsKey(kind);
  }

  /** Whether any kind has work to do when a job ends. */
  boolean hasHooks() {
    return !terminalHooks.isEmpty();
  }

  /**
   * Changes several rows by a statement that may end jobs, each with the terminal hook of its kind.
   *
   * @param sql returns {@link JobRow#COLUMNS}
   * @param touched is told the rows before their hooks run, so that it is known whose hook failed
   */
  Mono<List<Job>> many(Consumer<List<Job>> touched, String sql, Object... arguments) {
    Mono<List<Job>> change =
        terminalHooks.isEmpty()
            ? db.query(JobRow::job, sql, arguments).collectList()
            : db.transaction(
                c ->
                    Statements.query(c, JobRow::job, sql, arguments)
                        .collectList()
                        .doOnNext(touched)
                        .flatMap(
                            jobs -> hooks(c, jobs, TransactionHook.NONE).then(Mono.just(jobs))));
    return change.doOnNext(jobs -> jobs.forEach(hints::changed));
  }

  /** Sends the hints of rows that were changed by a statement of the caller's. */
  void changed(List<Job> jobs) {
    jobs.forEach(hints::changed);
  }

  private Mono<Void> hooks(Connection connection, List<Job> jobs, TransactionHook hook) {
    return Flux.fromIterable(jobs)
        .concatMap(
            job ->
                Mono.from(hook.inTransaction(connection, job))
                    .then(Mono.defer(() -> terminal(connection, job))))
        .then();
  }

  private Mono<Void> terminal(Connection connection, Job job) {
    TransactionHook hook = terminalHooks.get(job.kind());
    return hook == null || !job.status().isTerminal()
        ? Mono.empty()
        : Mono.from(hook.inTransaction(connection, job));
  }

  private static Optional<Job> first(List<Job> jobs) {
    return jobs.stream().findFirst();
  }
}
