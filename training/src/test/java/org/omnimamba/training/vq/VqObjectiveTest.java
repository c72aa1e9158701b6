package org.omnimamba.training.vq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.checkpoint.schema.InitialTensors;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.training.augmentation.AugmentationSettings;
import org.omnimamba.training.data.Batch;
import org.omnimamba.training.step.StepResult;
import org.omnimamba.training.step.TrainOptions;
import org.omnimamba.training.step.TrainStep;
import org.omnimamba.training.step.TrainableParameters;
import org.omnimamba.training.testing.TinyParts;

class VqObjectiveTest {
  private static final int BATCH = 8;
  private static final ModelConfig CONFIG = TinyParts.config();
  private static final AugmentationSettings MIRRORED =
      new AugmentationSettings(0.5f, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  @Test
  void learnsToDrawWhatItSees() {
    StepResult[] steps = train(40, new CodebookRevival(5, 30, 1));
    assertThat(steps[39].loss()).isLessThan(steps[0].loss() / 2);
    assertThat(steps[39].metrics().get("psnr")).isGreaterThan(steps[0].metrics().get("psnr") + 4);
  }

  @Test
  void usesMoreCodesWithRevivalThanWithout() {
    float without = mean(train(25, null));
    float with = mean(train(25, new CodebookRevival(1, 25, 1)));
    assertThat(with).isGreaterThan(1.3f * without);
  }

  @Test
  void aTokenComesToDependLessOnWhatOtherPlacesShow() {
    StepResult[] watched = trainLocal(1e-9f);
    StepResult[] local = trainLocal(20);
    assertThat(local[39].metrics().get("locality"))
        .isLessThan(watched[39].metrics().get("locality") / 2);
    assertThat(local[39].metrics().get("moved")).isLessThan(watched[39].metrics().get("moved"));
    assertThat(local[39].metrics().get("psnr")).isGreaterThan(local[0].metrics().get("psnr") + 3);
  }

  @Test
  void refusesPicturesThatDoNotFitItsTokens() {
    assertThatThrownBy(
            () ->
                new VqObjective(
                    CONFIG.vq(), 1, 18, VqLossWeights.defaults(), AugmentationSettings.none()))
        .hasMessageContaining("18 px")
        .hasMessageContaining("4 px");
  }

  /** Share of the codebook that the last ten steps used. */
  private static float mean(StepResult[] steps) {
    float sum = 0;
    for (StepResult step : Arrays.copyOfRange(steps, steps.length - 10, steps.length)) {
      sum += step.metrics().get("codes");
    }
    return sum / 10;
  }

  private static StepResult[] train(int count, @Nullable CodebookRevival revival) {
    return train(count, VqLossWeights.defaults(), revival);
  }

  private static StepResult[] trainLocal(float weight) {
    return train(40, VqLossWeights.defaults().withLocality(weight), new CodebookRevival(5, 30, 1));
  }

  private static StepResult[] train(
      int count, VqLossWeights weights, @Nullable CodebookRevival revival) {
    VqObjective objective = new VqObjective(CONFIG.vq(), BATCH, TinyParts.SIZE, weights, MIRRORED);
    try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu().withCompile(false))) {
      TrainableParameters parameters =
          TrainableParameters.load(program, new InitialTensors(CONFIG, 3), name -> true, objective);
      TrainStep step = TrainStep.create(program, parameters, objective, TrainOptions.defaults());
      StepResult[] results = new StepResult[count];
      for (int i = 0; i < count; i++) {
        results[i] = step.run(batch(i), 3e-3);
        if (revival != null) {
          new CodebookUpkeep(revival).after(results[i], parameters);
        }
      }
      return results;
    }
  }

  private static Batch batch(int step) {
    Random random = new Random(step);
    byte[] pictures = new byte[BATCH * TinyParts.PICTURE_BYTES];
    for (int i = 0; i < BATCH; i++) {
      byte[] picture = TinyParts.picture(random.nextInt(8), random);
      System.arraycopy(picture, 0, pictures, i * picture.length, picture.length);
    }
    return Batch.empty()
        .with(VqObjective.PICTURES, pictures)
        .with(VqObjective.MAY_MIRROR, new float[BATCH])
        .with(VqObjective.SHARE, new float[] {1});
  }
}
