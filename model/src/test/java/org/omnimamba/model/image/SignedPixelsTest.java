package org.omnimamba.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SignedPixelsTest {
  @Test
  void clampsAndRoundsHalfUp() {
    float[] values = {
      -3f, -1f, 0f, 1f, 2f, 0.5f, -0.999f, 0.999f, 0.0039f, Float.MAX_VALUE, -0f, 1f
    };
    assertThat(SignedPixels.toImage(values, 0, 2, 2).rgb())
        .containsExactly(bytes(0, 0, 128, 255, 255, 191, 0, 255, 128, 255, 128, 255));
  }

  @Test
  void startsAtTheOffset() {
    float[] values = {9f, 9f, 9f, -1f, 1f, 0f};
    assertThat(SignedPixels.toImage(values, 3, 1, 1).rgb()).containsExactly(bytes(0, 255, 128));
  }

  @Test
  void givesEveryByteBack() {
    byte[] rgb = new byte[3 * 256];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i / 3);
    }
    RgbImage image = new RgbImage(256, 1, rgb);
    float[] values = SignedPixels.of(image);
    assertThat(values[0]).isEqualTo(-1f);
    assertThat(values[values.length - 1]).isCloseTo(1f, within(1e-6f));
    assertThat(SignedPixels.toImage(values, 0, 256, 1)).isEqualTo(image);
  }

  @Test
  void refusesWhatIsNotANumber() {
    assertThatThrownBy(() -> SignedPixels.toImage(new float[] {0f, Float.NaN, 0f}, 0, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a number");
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
