package org.omnimamba.training.augmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.training.data.Batch;
import org.omnimamba.training.step.InMemoryTensors;
import org.omnimamba.training.step.Loss;
import org.omnimamba.training.step.Objective;
import org.omnimamba.training.step.TrainOptions;
import org.omnimamba.training.step.TrainStep;
import org.omnimamba.training.step.TrainableParameters;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class AugmentationTest {
  private static final int BATCH = 4;
  private static final int HEIGHT = 6;
  private static final int WIDTH = 8;
  private static final int EACH = HEIGHT * WIDTH * 3;
  private static final AugmentationSettings EVERYTHING =
      new AugmentationSettings(0.5f, 0.2f, 0.1f, 0.1f, 0.1f, 0.5f, 0.3f, 0, 0.5f, 0.5f);

  @Test
  void leavesPicturesAloneWhenNothingIsAskedFor() {
    byte[] pictures = pictures();
    float[] altered = altered(AugmentationSettings.none(), pictures, 0, 1)[0];
    for (int i = 0; i < pictures.length; i++) {
      assertThat(altered[i]).isCloseTo((pictures[i] & 0xff) / 255f, within());
    }
  }

  @Test
  void mirrorsThosePicturesOnlyThatMayBeMirrored() {
    byte[] pictures = pictures();
    float[] altered =
        altered(new AugmentationSettings(1, 0, 0, 0, 0, 0, 0, 0, 0, 0), pictures, 0, 1)[0];
    for (int picture = 0; picture < BATCH; picture++) {
      for (int i = 0; i < EACH; i++) {
        int column = i / 3 % WIDTH;
        int source = mayMirror(picture) ? i + 3 * (WIDTH - 1 - 2 * column) : i;
        assertThat(altered[picture * EACH + i])
            .isCloseTo((pictures[picture * EACH + source] & 0xff) / 255f, within());
      }
    }
  }

  @Test
  void keepsWhitePaperWhite() {
    byte[] white = new byte[BATCH * EACH];
    Arrays.fill(white, (byte) 255);
    for (float value : altered(EVERYTHING, white, 0, 1)[0]) {
      assertThat(value).isCloseTo(1f, within());
    }
  }

  @Test
  void staysWithinColoursAndDrawsAnewInEachStep() {
    AugmentationSettings coloured =
        new AugmentationSettings(0.5f, 0.2f, 0.1f, 0.1f, 0.1f, 0.5f, 0.3f, 0.5f, 0.5f, 0.5f);
    float[][] steps = altered(coloured, pictures(), 3, 2);
    assertThat(steps[0]).isNotEqualTo(steps[1]);
    for (float value : steps[0]) {
      assertThat(value).isBetween(0f, 1f);
    }
    assertThat(altered(coloured, pictures(), 3, 2)[1]).isEqualTo(steps[1]);
    assertThat(altered(coloured, pictures(), 4, 1)[0]).isNotEqualTo(steps[0]);
  }

  @Test
  void refusesSharesThatAreNone() {
    assertThatThrownBy(() -> new AugmentationSettings(0, 0, 0, 0, 1.5f, 0, 0, 0, 0, 0))
        .hasMessageContaining("augmentation.hue");
    assertThatThrownBy(() -> new AugmentationSettings(0, 0.6f, 0.5f, 0, 0, 0, 0, 0, 0, 0))
        .hasMessageContaining("zoom");
  }

  private static boolean mayMirror(int picture) {
    return picture % 2 == 0;
  }

  private static byte[] pictures() {
    byte[] pictures = new byte[BATCH * EACH];
    new Random(5).nextBytes(pictures);
    return pictures;
  }

  /** The pictures of some steps as the objective sees them. */
  private static float[][] altered(
      AugmentationSettings settings, byte[] pictures, long seed, int steps) {
    Objective objective =
        scope -> {
          Operand<TFloat32> unit =
              Augmentation.unit(
                  scope.tf(), scope.bytes("pictures", Shape.of(BATCH, HEIGHT, WIDTH, 3)));
          Operand<TFloat32> mayMirror = scope.floats("may_mirror", Shape.of(BATCH));
          return Loss.of(
                  scope.tf().reduceSum(scope.parameters().parameter("x"), scope.tf().constant(0)))
              .withObservation("altered", new Augmentation(scope, settings).apply(unit, mayMirror));
        };
    float[] mayMirror = new float[BATCH];
    for (int i = 0; i < BATCH; i++) {
      mayMirror[i] = mayMirror(i) ? 1 : 0;
    }
    Batch batch = Batch.empty().with("pictures", pictures).with("may_mirror", mayMirror);
    try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu().withCompile(false))) {
      TrainableParameters parameters =
          TrainableParameters.load(
              program,
              new InMemoryTensors().put("x", Shape.of(1), new float[1]),
              name -> true,
              objective);
      TrainStep step =
          TrainStep.create(program, parameters, objective, TrainOptions.defaults().withSeed(seed));
      float[][] altered = new float[steps][];
      for (int i = 0; i < steps; i++) {
        altered[i] = step.run(batch, 0).observations().get("altered");
      }
      return altered;
    }
  }

  private static Offset<Float> within() {
    return Offset.offset(1e-5f);
  }
}
