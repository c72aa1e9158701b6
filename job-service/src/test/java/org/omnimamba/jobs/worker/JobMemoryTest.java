package org.omnimamba.jobs.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.worker.JobOutcome;
import org.omnimamba.web.body.BodyException;
import org.omnimamba.web.settings.InvalidSettingsException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.util.unit.DataSize;

class JobMemoryTest {
  private static final long MB = 1 << 20;

  @Test
  void byDefaultTheLargestAnswerFollowsFromTheHeap() {
    assertThat(JobMemory.of(390 * MB, 10 * MB, null).largest()).isEqualTo(10 * MB);
    assertThat(JobMemory.of(8000 * MB, 10 * MB, null).largest()).isEqualTo(64 * MB);
  }

  @Test
  void anAnswerThatDoesNotFitTheHeapIsRefusedWithWhatToSet() {
    assertThat(JobMemory.of(460 * MB, 10 * MB, DataSize.ofMegabytes(20)).largest())
        .isEqualTo(20 * MB);
    assertThatThrownBy(() -> JobMemory.of(460 * MB, 10 * MB, DataSize.ofMegabytes(21)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContainingAll("omnimamba.jobs.worker.max-result", "20 MB", "-Xmx");
    assertThatThrownBy(() -> JobMemory.of(50 * MB, 10 * MB, null))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("omnimamba.jobs.api.max-body");
  }

  @Test
  void allRunningJobsShareIt() {
    // 13 MB: the largest request of 1 MB and the largest answer of 1 MB
    JobMemory memory = JobMemory.of(39 * MB, MB, null);
    try (JobMemory.Space first = memory.open((int) MB);
        JobMemory.Space second = memory.open(1000)) {
      first.take((int) MB, 9);
      second.take(1000, 10);
      assertThat(memory.used()).isEqualTo(12 * MB + 13_000);
      assertCostsNoAttempt(() -> second.take(200_000, 10));
      assertCostsNoAttempt(() -> memory.open((int) MB));
    }
    assertThat(memory.used()).isZero();
  }

  @Test
  void oneJobCanAlwaysEnd() {
    JobMemory memory = JobMemory.of(39 * MB, MB, null);
    try (JobMemory.Space alone = memory.open((int) (2 * MB))) {
      alone.take((int) MB, 10);
      assertThatThrownBy(() -> alone.take(1, 1)).isInstanceOf(DataBufferLimitException.class);
    }
  }

  private static void assertCostsNoAttempt(ThrowingCallable taking) {
    assertThatThrownBy(taking)
        .isInstanceOfSatisfying(
            BodyException.class,
            full ->
                assertThat(UpstreamFailures.outcome(full))
                    .isInstanceOf(JobOutcome.Postponed.class));
  }
}
