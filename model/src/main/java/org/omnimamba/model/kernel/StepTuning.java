package org.omnimamba.model.kernel;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.kernel.tile.PowersOfTwo;

/**
 * How a step's kernels share out their work.
 *
 * @param in of {@code in_proj}
 * @param activation of what lies between {@code in_proj} and the states; null where the states'
 *     kernel does it
 * @param state of the states
 * @param out of {@code out_proj}
 * @param head of the heads over the vocabularies
 */
public record StepTuning(
    ProjectionKernel.Tuning in,
    ActivationKernel.@Nullable Tuning activation,
    StateKernel.Tuning state,
    ProjectionKernel.Tuning out,
    ProjectionKernel.Tuning head) {

  /** What was fastest on an H100 at the sizes of OmniMamba-1.3B, as far as these sizes allow it. */
  public static StepTuning of(LayerSizes sizes) {
    StepTuning best = of(sizes.batch());
    return new StepTuning(
        best.in, best.activation, fitted(best.state, sizes.config()), best.out, best.head);
  }

  private static StepTuning of(int batch) {
    if (batch == 1) {
      ProjectionKernel.Tuning vector = new ProjectionKernel.Tuning(4, 2048, 4, 1);
      return new StepTuning(
          vector,
          null,
          new StateKernel.Tuning(16, 1, 4),
          vector,
          new ProjectionKernel.Tuning(64, 128, 4, 4));
    }
    if (batch <= 8) {
      ProjectionKernel.Tuning few = new ProjectionKernel.Tuning(64, 128, 4, 4);
      return new StepTuning(
          few,
          null,
          new StateKernel.Tuning(32, 2, 2),
          new ProjectionKernel.Tuning(16, 256, 2, 6),
          few);
    }
    boolean large = batch > 64;
    ProjectionKernel.Tuning many = new ProjectionKernel.Tuning(64, 64, 4, large ? 4 : 6);
    return new StepTuning(
        many,
        batch <= 32 ? new ActivationKernel.Tuning(64, 1) : new ActivationKernel.Tuning(128, 4),
        new StateKernel.Tuning(32, 1, 2),
        large
            ? new ProjectionKernel.Tuning(16, 128, 4, 3)
            : new ProjectionKernel.Tuning(16, 256, batch <= 32 ? 2 : 4, 6),
        many);
  }

  private static StateKernel.Tuning fitted(StateKernel.Tuning best, LanguageModelConfig config) {
    int columns = Math.min(best.columns(), config.headDim());
    int pieces = config.dInner() / columns;
    int blocks = PowersOfTwo.dividing(pieces, best.blocks());
    return new StateKernel.Tuning(columns, blocks, best.warps());
  }
}
