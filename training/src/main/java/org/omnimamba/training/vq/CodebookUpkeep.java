package org.omnimamba.training.vq;

import org.omnimamba.model.checkpoint.ParameterNames;
import org.omnimamba.training.step.StepResult;
import org.omnimamba.training.step.TrainableParameters;

/** Keeps the codebook on the device in use, step by step. */
public final class CodebookUpkeep {
  /** The codebook's name in the checkpoint. */
  static final String CODEBOOK = ParameterNames.VQ + "quantize.embedding.weight";

  private final CodebookRevival revival;

  public CodebookUpkeep(CodebookRevival revival) {
    this.revival = revival;
  }

  /**
   * To be called after each step.
   *
   * @param result what a step of {@link VqObjective} reported
   */
  public void after(StepResult result, TrainableParameters parameters) {
    if (!revival.isDue(result.step())) {
      return;
    }
    float[] revived = revival.revived(result, parameters.read(CODEBOOK));
    if (revived != null) {
      parameters.write(CODEBOOK, revived);
    }
  }
}
