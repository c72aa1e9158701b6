package org.omnimamba.queue;

import io.r2dbc.spi.Connection;
import java.util.List;
import java.util.Map;
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
   * Changes one row; empty when the statement found none.
   *
   * @param sql returns {@link JobRow#COLUMNS}
   */
  Mono<Job> one(String kind, TransactionHook hook, String sql, Object... arguments) {
    Mono<Job> change =
        needsTransaction(kind, hook)
            ? db.transaction(
                c ->
                    Db.query(c, JobRow::job, sql, arguments)
                        .collectList()
                        .flatMap(jobs -> hooks(c, jobs, hook).then(Mono.justOrEmpty(first(jobs)))))
            : db.change(JobRow::job, sql, arguments);
    return change.doOnNext(hints::changed);
  }

  /** Whether a change of that kind must run anything besides its one statement. */
  boolean needsTransaction(String kind, TransactionHook hook) {
    return hook != TransactionHook.NONE || terminalHooks.containsKey(kind);
  }

  /**
   * Changes several rows at once, each with the terminal hook of its kind.
   *
   * @param sql returns {@link JobRow#COLUMNS}
   */
  Mono<List<Job>> many(String sql, Object... arguments) {
    Mono<List<Job>> change =
        terminalHooks.isEmpty()
            ? db.query(JobRow::job, sql, arguments).collectList()
            : db.transaction(
                c ->
                    Db.query(c, JobRow::job, sql, arguments)
                        .collectList()
                        .flatMap(
                            jobs -> hooks(c, jobs, TransactionHook.NONE).then(Mono.just(jobs))));
    return change.doOnNext(jobs -> jobs.forEach(hints::changed));
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

  private static java.util.Optional<Job> first(List<Job> jobs) {
    return jobs.stream().findFirst();
  }
}
