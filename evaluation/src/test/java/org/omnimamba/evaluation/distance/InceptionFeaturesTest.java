package org.omnimamba.evaluation.distance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.image.RgbImage;

/** The network with random weights: names, shapes, and that a picture's features are its own. */
class InceptionFeaturesTest {
  @TempDir Path folder;

  /** Weights by chance, and what was asked for. */
  private static final class RandomWeights implements InceptionWeights {
    final Map<String, int[]> asked = new LinkedHashMap<>();

    @Override
    public float[] get(String name, int... shape) {
      asked.put(name, shape);
      int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      float[] values = new float[size];
      Random random = new Random(name.hashCode());
      // keeps the levels of one layer like those of the one before
      double scale = shape.length == 4 ? Math.sqrt(2.0 * shape[0] / size) : 0.1;
      for (int i = 0; i < size; i++) {
        values[i] = (float) (scale * random.nextGaussian());
      }
      if (name.endsWith("bn.weight") || name.endsWith("running_var")) {
        for (int i = 0; i < size; i++) {
          values[i] = 1 + Math.abs(values[i]);
        }
      }
      return values;
    }

    @Override
    public void close() {}
  }

  private static RgbImage picture(int seed, int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    new Random(seed).nextBytes(rgb);
    return new RgbImage(width, height, rgb);
  }

  @Test
  void hasThePortsNamesAndShapesAndPoolsTo2048() {
    RandomWeights weights = new RandomWeights();
    RgbImage first = picture(1, 64, 64);
    RgbImage second = picture(2, 64, 64);
    RgbImage wide = picture(3, 80, 40);
    try (InceptionFeatures inception = new InceptionFeatures(weights)) {
      List<float[]> features = inception.of(List.of(first, second, wide, first));
      assertThat(features).hasSize(4).allSatisfy(each -> assertThat(each).hasSize(2048));
      assertThat(features.get(3)).containsExactly(features.get(0), within(1e-4f));
      assertThat(features.get(1)).isNotEqualTo(features.get(0));
      float[] alone = inception.of(List.of(second)).get(0);
      assertThat(alone).containsExactly(features.get(1), within(1e-4f));
      for (float[] feature : features) {
        double sum = 0;
        for (float value : feature) {
          assertThat(value).isFinite().isNotNegative();
          sum += value;
        }
        assertThat(sum).isPositive();
      }
    }
    // 94 convolutions of five tensors each
    assertThat(weights.asked).hasSize(5 * 94);
    assertThat(weights.asked.get("Conv2d_1a_3x3.conv.weight")).containsExactly(32, 3, 3, 3);
    assertThat(weights.asked.get("Mixed_5b.branch_pool.conv.weight"))
        .containsExactly(32, 192, 1, 1);
    assertThat(weights.asked.get("Mixed_6c.branch7x7dbl_2.conv.weight"))
        .containsExactly(160, 160, 7, 1);
    assertThat(weights.asked.get("Mixed_7b.branch1x1.conv.weight"))
        .containsExactly(320, 1280, 1, 1);
    assertThat(weights.asked.get("Mixed_7c.branch3x3dbl_3b.conv.weight"))
        .containsExactly(384, 384, 3, 1);
    assertThat(weights.asked.get("Mixed_7c.branch_pool.bn.running_var")).containsExactly(192);
    // an Inception v3 without classifiers: 21,785,568 parameters, 17,216 means and variances
    long numbers =
        weights.asked.values().stream()
            .mapToLong(shape -> Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b))
            .sum();
    assertThat(numbers).isEqualTo(21_785_568 + 2 * 17_216);
  }

  @Test
  void aFileThatIsNoNetworkIsRefused() throws Exception {
    Path file = Files.writeString(folder.resolve("weights.pth"), "no weights");
    assertThatThrownBy(() -> InceptionFeatures.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("weights.pth");
  }
}
