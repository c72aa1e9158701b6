package org.omnimamba.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.config.TowerConfig;
import org.omnimamba.model.config.VisionConfig;
import org.omnimamba.model.testing.Golden;

class ImagePreprocessorTest {
  private static final TowerConfig DINO =
      new TowerConfig(
          "dino",
          48,
          4,
          3,
          192,
          4,
          true,
          true,
          false,
          1e-6f,
          TowerConfig.IMAGENET_MEAN,
          TowerConfig.IMAGENET_STD);
  private static final TowerConfig SIGLIP =
      new TowerConfig(
          "siglip",
          32,
          5,
          2,
          119,
          0,
          false,
          false,
          true,
          1e-6f,
          TowerConfig.HALF,
          TowerConfig.HALF);

  /** Surprise 25: straight to a square, aspect ratio not kept; each tower its own statistics. */
  @ParameterizedTest
  @ValueSource(strings = {"photo-97x61", "photo-29x40"})
  void preparesTheReferencesPixelsForEachTower(String photo) {
    RgbImage image =
        new ImageDecoder(ImageLimits.DEFAULT).decode(ImageFixtures.oracle(photo + ".png"));
    ImagePixels pixels =
        new ImagePreprocessor(new VisionConfig(56, 14, List.of(DINO, SIGLIP))).prepare(image);

    Golden golden = Golden.of("vision-tiny");
    assertThat(pixels.size()).isEqualTo(56);
    assertThat(pixels.towers()).hasSize(2);
    assertClose(pixels.towers().get(0), golden.floats(photo + "/pixels_dino"));
    assertClose(pixels.towers().get(1), golden.floats(photo + "/pixels_siglip"));
  }

  @Test
  void servesAnyNumberOfTowers() {
    RgbImage image = new RgbImage(3, 2, new byte[18]);
    ImagePixels pixels =
        new ImagePreprocessor(new VisionConfig(14, 14, List.of(SIGLIP))).prepare(image);
    assertThat(pixels.towers()).hasSize(1);
    assertThat(pixels.towers().get(0)).hasSize(3 * 14 * 14).containsOnly(-1f);
  }

  @Test
  void refusesPixelsOfAnotherSize() {
    assertThatThrownBy(() -> new ImagePixels(4, List.of(new float[47])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[3, 4, 4]");
  }

  private static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-6f));
    }
  }
}
