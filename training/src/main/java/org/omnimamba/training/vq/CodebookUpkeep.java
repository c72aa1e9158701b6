package org.omnimamba.training.vq;

import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.training.run.StepListener;
import org.omnimamba.training.step.StepResult;
import org.omnimamba.training.step.TrainableParameters;

/**
 * Keeps the codebook on the device in use, step by step.
 *
 * @param revival when and how unused codes are redrawn
 */
record CodebookUpkeep(CodebookRevival revival) implements StepListener {
  /** The codebook's name in the checkpoint. */
  private static final String CODEBOOK = ParameterNames.VQ + "quantize.embedding.weight";

  @Override
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
