package org.omnimamba.model.kernel;

/**
 * How a step's kernels share out their work.
 *
 * @param in of {@code in_proj}
 * @param out of {@code out_proj}
 * @param state of what lies between them
 */
public record StepTuning(
    ProjectionKernel.Tuning in, ProjectionKernel.Tuning out, StateKernel.Tuning state) {

  /** What was fastest on an H100 at the sizes of OmniMamba-1.3B and about this batch. */
  public static StepTuning of(int batch) {
    if (batch == 1) {
      return new StepTuning(
          new ProjectionKernel.Tuning(4, 2048, 4, 1),
          new ProjectionKernel.Tuning(4, 2048, 4, 1),
          new StateKernel.Tuning(16, 1, 4));
    }
    if (batch <= 4) {
      return new StepTuning(
          new ProjectionKernel.Tuning(64, 128, 4, 4),
          new ProjectionKernel.Tuning(16, 512, 4, 3),
          new StateKernel.Tuning(16, 1, 4));
    }
    return new StepTuning(
        new ProjectionKernel.Tuning(64, batch <= 8 ? 128 : 64, 4, batch <= 8 ? 4 : 6),
        new ProjectionKernel.Tuning(16, 512, 4, 3),
        new StateKernel.Tuning(32, 4, 4));
  }
}
