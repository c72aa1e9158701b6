package org.omnimamba.model.kernel;

import org.omnimamba.model.config.LanguageModelConfig;

/**
 * How the kernels of a prompt's piece share out their work.
 *
 * @param adapter of the adapter's first matrix
 * @param in of {@code in_proj}
 * @param conv of the convolution
 * @param scan of the state space
 * @param out of {@code out_proj}
 */
public record PromptTuning(
    PromptProjectionKernel.Tuning adapter,
    PromptProjectionKernel.Tuning in,
    PromptConvKernel.Tuning conv,
    PromptScanKernel.Tuning scan,
    PromptProjectionKernel.Tuning out) {

  /** What was fastest on an H100 at the sizes of OmniMamba-1.3B, as far as these sizes allow it. */
  public static PromptTuning of(LayerSizes sizes) {
    PromptTuning best = of(sizes.batch());
    return new PromptTuning(best.adapter, best.in, best.conv, fitted(best.scan, sizes), best.out);
  }

  private static PromptTuning of(int length) {
    PromptProjectionKernel.Tuning adapter = new PromptProjectionKernel.Tuning(16, 16, 256, 4, 3);
    PromptConvKernel.Tuning conv = new PromptConvKernel.Tuning(16, 128, 4);
    PromptScanKernel.Tuning scan = new PromptScanKernel.Tuning(32, 64, 4, 1);
    if (length <= 64) {
      return new PromptTuning(
          adapter,
          new PromptProjectionKernel.Tuning(64, 64, 128, 4, 4),
          conv,
          scan,
          new PromptProjectionKernel.Tuning(64, 16, 256, 4, 4));
    }
    if (length <= 256) {
      return new PromptTuning(
          adapter,
          new PromptProjectionKernel.Tuning(128, 64, 64, 4, 4),
          conv,
          scan,
          new PromptProjectionKernel.Tuning(128, 32, 128, 4, 3));
    }
    PromptProjectionKernel.Tuning large = new PromptProjectionKernel.Tuning(128, 128, 64, 8, 4);
    return new PromptTuning(adapter, large, conv, scan, large);
  }

  private static PromptScanKernel.Tuning fitted(PromptScanKernel.Tuning best, LayerSizes sizes) {
    LanguageModelConfig config = sizes.config();
    return new PromptScanKernel.Tuning(
        PowersOfTwo.dividing(config.headDim(), best.columns()),
        best.chunk(),
        best.warps(),
        best.stages());
  }
}
