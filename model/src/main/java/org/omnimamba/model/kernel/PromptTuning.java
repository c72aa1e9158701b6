package org.omnimamba.model.kernel;

/**
 * How the kernels of a prompt's piece share out their work.
 *
 * @param adapter of the adapter's first matrix
 * @param in of {@code in_proj}
 * @param conv of the convolution
 * @param states of the states before chunks
 * @param outputs of what the state space gives
 * @param out of {@code out_proj}
 */
public record PromptTuning(
    PromptProjectionKernel.Tuning adapter,
    PromptProjectionKernel.Tuning in,
    PromptConvKernel.Tuning conv,
    PromptStateKernel.Tuning states,
    PromptOutputKernel.Tuning outputs,
    PromptProjectionKernel.Tuning out) {

  /** Positions of a chunk of the state space. */
  private static final int CHUNK = 64;

  /** What was fastest on an H100 at the sizes of OmniMamba-1.3B, as far as these sizes allow it. */
  public static PromptTuning of(LayerSizes sizes) {
    int columns = sizes.config().headDim();
    return new PromptTuning(
        new PromptProjectionKernel.Tuning(16, 16, 256, 4, 3),
        in(sizes.batch()),
        new PromptConvKernel.Tuning(16, 128, 4),
        new PromptStateKernel.Tuning(Math.min(32, columns), CHUNK, 4, 3),
        new PromptOutputKernel.Tuning(Math.min(64, columns), CHUNK, 4),
        out(sizes.batch()));
  }

  private static PromptProjectionKernel.Tuning in(int length) {
    if (length <= 128) {
      return new PromptProjectionKernel.Tuning(64, 64, 64, 4, 4);
    }
    if (length <= 256) {
      return new PromptProjectionKernel.Tuning(64, 128, 64, 4, 3);
    }
    return length <= 1024
        ? new PromptProjectionKernel.Tuning(128, 128, 64, 4, 3)
        : new PromptProjectionKernel.Tuning(128, 256, 64, 8, 3);
  }

  private static PromptProjectionKernel.Tuning out(int length) {
    if (length <= 128) {
      return new PromptProjectionKernel.Tuning(64, 32, 128, 4, 6);
    }
    if (length <= 256) {
      return new PromptProjectionKernel.Tuning(64, 64, 64, 4, 6);
    }
    return length <= 1024
        ? new PromptProjectionKernel.Tuning(64, 128, 64, 4, 4)
        : new PromptProjectionKernel.Tuning(128, 256, 64, 8, 4);
  }
}
