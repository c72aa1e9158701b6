package org.omnimamba.jobs.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.omnimamba.queue.worker.JobOutcome;
import org.omnimamba.web.body.BodyException;
import org.omnimamba.web.settings.InvalidSettingsException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.util.unit.DataSize;

class AnswerMemoryTest {
  private static final long MB = 1 << 20;

  @Test
  void byDefaultTheLargestAnswerFollowsFromTheHeap() {
    assertThat(AnswerMemory.of(400 * MB, null).largest()).isEqualTo(10 * MB);
    assertThat(AnswerMemory.of(8000 * MB, null).largest()).isEqualTo(64 * MB);
  }

  @Test
  void anAnswerThatDoesNotFitTheHeapIsRefusedWithWhatToSet() {
    assertThat(AnswerMemory.of(400 * MB, DataSize.ofMegabytes(20)).largest()).isEqualTo(20 * MB);
    assertThatThrownBy(() -> AnswerMemory.of(400 * MB, DataSize.ofMegabytes(21)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContainingAll("omnimamba.jobs.worker.max-result", "20 MB", "-Xmx");
  }

  @Test
  void allAnswersShareIt() {
    AnswerMemory memory = AnswerMemory.of(40 * MB, null);
    try (AnswerMemory.Space first = memory.open();
        AnswerMemory.Space second = memory.open()) {
      first.take((int) MB, 9);
      second.take(1000, 10);
      assertThat(memory.used()).isEqualTo(9 * MB + 10_000);
      assertThatThrownBy(() -> second.take(200_000, 10))
          .isInstanceOfSatisfying(
              BodyException.class,
              full ->
                  assertThat(UpstreamFailures.outcome(full))
                      .as("it costs no attempt")
                      .isInstanceOf(JobOutcome.Postponed.class));
    }
    assertThat(memory.used()).isZero();
    try (AnswerMemory.Space alone = memory.open()) {
      alone.take((int) MB, 10);
      assertThatThrownBy(() -> alone.take(1, 1)).isInstanceOf(DataBufferLimitException.class);
    }
  }
}
