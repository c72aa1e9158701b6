package org.omnimamba.training.tower;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.checkpoint.schema.InitialTensors;
import org.omnimamba.model.checkpoint.schema.TensorSchema;
import org.omnimamba.model.checkpoint.tensor.LayeredSource;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
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

class TowerObjectiveTest {
  private static final int KINDS = 8;
  private static final ModelConfig CONFIG = TinyParts.config();
  private static final TowerSizes SIZES = new TowerSizes(16, 3, 300, KINDS, 2, 16);
  private static final AugmentationSettings LIGHT =
      new AugmentationSettings(0, 0.1f, 0.05f, 0.05f, 0.02f, 0.2f, 0.1f, 0.2f, 0.2f, 0.3f);

  private final TowerObjective objective =
      new TowerObjective(CONFIG.vision(), SIZES, TowerLossSettings.defaults(), LIGHT);

  @Test
  void learnsToNameWhatItSees() {
    try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu().withCompile(false))) {
      TrainableParameters parameters = load(program);
      TrainStep step = TrainStep.create(program, parameters, objective, TrainOptions.defaults());
      StepResult first = step.run(batch(0), 3e-3);
      StepResult last = first;
      for (int i = 1; i < 120; i++) {
        last = step.run(batch(i), 3e-3);
      }
      assertThat(last.loss()).isLessThan(first.loss() - 1);
      assertThat(last.metrics().get("captions")).isLessThan(first.metrics().get("captions") - 0.5f);
      assertThat(last.metrics().get("concept_accuracy")).isGreaterThan(0.5f);
    }
  }

  @Test
  void trainsWhatTheModelReadsAndItsHeadsOnly() {
    TensorSchema schema = TensorSchema.of(CONFIG);
    try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu().withCompile(false))) {
      assertThat(load(program).names())
          .filteredOn(name -> !name.startsWith(TowerHeads.PREFIX))
          .containsExactlyInAnyOrderElementsOf(
              schema.stored().keySet().stream()
                  .filter(name -> name.startsWith("vision_backbone.") && schema.isUsed(name))
                  .toList());
    }
  }

  private TrainableParameters load(DeviceProgram program) {
    TensorSource initial =
        new LayeredSource(
            List.of(new InitialTensors(CONFIG, 3), TowerHeads.initial(CONFIG, SIZES, 4)));
    return TrainableParameters.load(program, initial, name -> true, objective);
  }

  /** A kind's caption is its colour's word and its place's. */
  private static Batch batch(int step) {
    Random random = new Random(step);
    int count = SIZES.batch();
    byte[] pictures = new byte[count * TinyParts.PICTURE_BYTES];
    long[] captions = new long[count * SIZES.captionLength()];
    Arrays.fill(captions, SIZES.padding());
    long[] concepts = new long[count];
    long[] styles = new long[count];
    for (int i = 0; i < count; i++) {
      int kind = random.nextInt(KINDS);
      byte[] picture = TinyParts.picture(kind, random);
      System.arraycopy(picture, 0, pictures, i * picture.length, picture.length);
      concepts[i] = kind;
      styles[i] = kind % 2;
      captions[i * SIZES.captionLength()] = 10 + kind / 2;
      captions[i * SIZES.captionLength() + 1] = 20 + kind % 2;
    }
    return Batch.empty()
        .with(TowerObjective.PICTURES, pictures)
        .with(TowerObjective.MAY_MIRROR, new float[count])
        .with(TowerObjective.CAPTIONS, captions)
        .with(TowerObjective.CONCEPTS, concepts)
        .with(TowerObjective.STYLES, styles);
  }
}
