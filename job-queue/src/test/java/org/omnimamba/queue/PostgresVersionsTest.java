package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.omnimamba.queue.testing.OtherVersion;
import org.omnimamba.queue.testing.PostgresVersion;
import org.omnimamba.queue.worker.JobWorkerTest;
import org.omnimamba.queue.worker.WorkerDrainTest;
import org.omnimamba.queue.worker.WorkerLeaseTest;

/**
 * The queue behaves alike on all versions that are supported; all other tests run on the newest.
 */
class PostgresVersionsTest {
  @ParameterizedTest
  @EnumSource(names = {"V16", "V17"})
  void theQueueWorksOn(PostgresVersion version) throws Exception {
    long passed =
        OtherVersion.run(
            version,
            QueueIdsTest.class.getName(),
            JobQueueTest.class.getName(),
            SubmissionTest.class.getName(),
            SubmissionBatchTest.class.getName(),
            FairnessTest.class.getName(),
            DeadLettersTest.class.getName(),
            QueueMaintenanceTest.class.getName(),
            QueuePlanTest.class.getName(),
            JobWorkerTest.class.getName(),
            WorkerLeaseTest.class.getName(),
            WorkerDrainTest.class.getName());
    assertThat(passed).isGreaterThan(60);
  }
}
