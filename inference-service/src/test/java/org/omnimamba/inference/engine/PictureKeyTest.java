package org.omnimamba.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.image.ImagePixels;

/** Equal pixels for the same tenant have one key, anything else another one. */
class PictureKeyTest {

  @Test
  void theKeyIsThePixelsAndTheTenants() {
    assertThat(PictureKey.of(pixels(0, 0), "acme")).isEqualTo(PictureKey.of(pixels(0, 0), "acme"));
    assertThat(
            Stream.of(
                PictureKey.of(pixels(0, 0), null),
                PictureKey.of(pixels(0, 0), ""),
                PictureKey.of(pixels(0, 0), "acme"),
                PictureKey.of(pixels(0, 0), "other"),
                PictureKey.of(pixels(1e-30f, 0), "acme"),
                PictureKey.of(pixels(0, 1), "acme"),
                PictureKey.of(pixels(1, 0), "acme"),
                PictureKey.of(new ImagePixels(64, List.of(new float[3 * 64 * 64])), "acme")))
        .doesNotHaveDuplicates()
        .allSatisfy(key -> assertThat(key.digest()).matches("[0-9a-f]{64}"));
  }

  /** More than one block of floats, so that the last of each tower counts too. */
  private static ImagePixels pixels(float lastOfFirst, float lastOfSecond) {
    float[] first = new float[3 * 64 * 64];
    float[] second = first.clone();
    first[first.length - 1] = lastOfFirst;
    second[second.length - 1] = lastOfSecond;
    return new ImagePixels(64, List.of(first, second));
  }
}
