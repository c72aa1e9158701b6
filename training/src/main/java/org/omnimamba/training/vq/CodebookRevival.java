package org.omnimamba.training.vq;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.omnimamba.training.step.StepResult;

/**
 * Brings codes back into use. A code that no vector is nearest to gets no gradient and would stay
 * unused for ever; it is put on one of the batch's vectors instead, rather on one that lies far
 * from its present code (as k-means++ draws its centres). Decided from one step's batch alone, so
 * that nothing has to be remembered between steps.
 *
 * <p>The first step finds nearly all codes unused, and so places the codebook where the vectors
 * are.
 *
 * @param every steps between two revivals
 * @param until no revival from this step on, so that the codebook can settle
 * @param seed of the draws, together with the step
 */
public record CodebookRevival(long every, long until, long seed) {

  public CodebookRevival {
    if (every < 1) {
      throw new IllegalArgumentException("revival every %d steps is not possible".formatted(every));
    }
  }

  /** Whether unused codes are redrawn after a step. */
  boolean isDue(long step) {
    return step < until && step % every == 0;
  }

  /**
   * The codebook after a step, or null if it stays as it is.
   *
   * @param result with the observations {@link VqObjective#CODE_USES} and {@link
   *     VqObjective#SAMPLE}
   * @param codebook {@code [codebookSize, codebookDim]}, as after the step; not changed
   */
  float @Nullable [] revived(StepResult result, float[] codebook) {
    float[] uses = result.observations().get(VqObjective.CODE_USES);
    float[] sample = result.observations().get(VqObjective.SAMPLE);
    if (uses == null || sample == null) {
      throw new IllegalArgumentException("the step observed no codes; it was not VqObjective's");
    }
    int width = codebook.length / uses.length;
    double[] cumulative = cumulativeDistances(sample, width + 1);
    double total = cumulative[cumulative.length - 1];
    if (!isDue(result.step()) || !(total > 0)) {
      return null;
    }
    SplittableRandom random = new SplittableRandom(seed * 31 + result.step()).split();
    float[] revived = codebook.clone();
    for (int code = 0; code < uses.length; code++) {
      if (uses[code] == 0) {
        int drawn = firstAbove(cumulative, random.nextDouble() * total);
        System.arraycopy(sample, drawn * (width + 1), revived, code * width, width);
      }
    }
    return revived;
  }

  private static double[] cumulativeDistances(float[] sample, int stride) {
    double[] cumulative = new double[sample.length / stride];
    double sum = 0;
    for (int i = 0; i < cumulative.length; i++) {
      sum += Math.max(0, sample[i * stride + stride - 1]);
      cumulative[i] = sum;
    }
    return cumulative;
  }

  private static int firstAbove(double[] cumulative, double value) {
    int low = 0;
    int high = cumulative.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cumulative[middle] > value) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
