package org.omnimamba.training.vq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.omnimamba.training.step.StepResult;

class CodebookRevivalTest {
  private static final CodebookRevival REVIVAL = new CodebookRevival(10, 100, 1);
  private static final float[] CODEBOOK = {1, 1, 2, 2, 3, 3};

  /** Two vectors; the first lies on its code, the second does not. */
  private static final float[] SAMPLE = {7, 7, 0, 8, 9, 0.5f};

  @Test
  void putsUnusedCodesOnVectorsThatAreFarFromTheirs() {
    assertThat(REVIVAL.revived(step(20, 4, 0, 0), CODEBOOK)).containsExactly(1, 1, 8, 9, 8, 9);
    assertThat(CODEBOOK).containsExactly(1, 1, 2, 2, 3, 3);
  }

  @Test
  void leavesUsedCodesAlone() {
    assertThat(REVIVAL.revived(step(0, 1, 0, 9), CODEBOOK)).containsExactly(1, 1, 8, 9, 3, 3);
    assertThat(REVIVAL.revived(step(0, 1, 2, 9), CODEBOOK)).isEqualTo(CODEBOOK);
  }

  @Test
  void worksAtItsIntervalUntilItsEnd() {
    assertThat(REVIVAL.revived(step(11, 1, 0, 1), CODEBOOK)).isNull();
    assertThat(REVIVAL.revived(step(90, 1, 0, 1), CODEBOOK)).isNotNull();
    assertThat(REVIVAL.revived(step(100, 1, 0, 1), CODEBOOK)).isNull();
  }

  @Test
  void changesNothingWhenEveryVectorHasItsOwnCode() {
    StepResult exact =
        new StepResult(
            0,
            0,
            0,
            Map.of(),
            Map.of(
                VqObjective.CODE_USES,
                new float[] {1, 0, 0},
                VqObjective.SAMPLE,
                new float[] {1, 1, 0}));
    assertThat(REVIVAL.revived(exact, CODEBOOK)).isNull();
  }

  private static StepResult step(long step, float... uses) {
    return new StepResult(
        step, 0, 0, Map.of(), Map.of(VqObjective.CODE_USES, uses, VqObjective.SAMPLE, SAMPLE));
  }
}
