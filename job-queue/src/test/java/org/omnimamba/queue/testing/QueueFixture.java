package org.omnimamba.queue.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pool.ConnectionPool;
import java.util.List;
import java.util.Map;
import org.omnimamba.queue.JobLeases;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.QueueOptions;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.queue.job.TenantLimits;
import org.omnimamba.queue.job.TransactionHook;

/** A database with a queue on it, and short ways to say what tests say often. */
public final class QueueFixture implements AutoCloseable {
  public final TestDatabase database = TestDatabase.create();
  public final ConnectionPool pool;
  public final JobQueue queue;
  public final JobLeases leases;

  public QueueFixture(int connections, Map<String, TenantLimits> limits) {
    this.pool = database.pool(connections);
    this.queue = JobQueue.builder(pool).options(QueueOptions.DEFAULTS.withLimits(limits)).build();
    this.leases = queue.leases();
  }

  public Job submit(NewJob.Builder job) {
    SubmitOutcome outcome = queue.submit(job.build()).block();
    assertThat(outcome).isInstanceOf(SubmitOutcome.Accepted.class);
    return ((SubmitOutcome.Accepted) outcome).job();
  }

  public List<ClaimedJob> claim(String kind, int limit) {
    return leases.claim(kind, "test", limit).block();
  }

  public ClaimedJob claimOne(String kind) {
    List<ClaimedJob> claims = claim(kind, 1);
    assertThat(claims).hasSize(1);
    return claims.get(0);
  }

  public void complete(ClaimedJob claim) {
    leases.complete(claim, null, TransactionHook.NONE).block();
  }

  public Job get(Job job) {
    return queue.get(job.tenant(), job.id()).block();
  }

  /** Queues many jobs at once, each a millisecond after the other. */
  public void fill(String kind, String tenant, int count) {
    database.execute(
        "INSERT INTO queue_job (kind, tenant, max_attempts, ranked_at, available_at, created_at,"
            + " updated_at, payload) SELECT '"
            + kind
            + "', '"
            + tenant
            + "', 3, t.at, t.at, t.at, t.at, '{}' FROM (SELECT queue_now() - interval '1 hour'"
            + " + n * interval '1 ms' AS at FROM generate_series(1, "
            + count
            + ") n) t");
  }

  @Override
  public void close() {
    database.close();
  }
}
