package org.omnimamba.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageEncoderTest {
  private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
  private final RgbImage photo = decoder.decode(ImageFixtures.oracle("photo-97x61.png"));

  @Test
  void aPngGivesTheSamePixelsBack() {
    byte[] png = ImageEncoder.png(photo);
    assertThat(decoder.inspect(png)).isEqualTo(new ImageHeader(ImageFormat.PNG, 97, 61));
    assertThat(decoder.decode(png)).isEqualTo(photo);
    assertThat(ImageEncoder.png(photo)).isEqualTo(png);
  }

  @Test
  void aBetterJpegIsLargerAndCloser() {
    byte[] coarse = ImageEncoder.jpeg(photo, 20);
    byte[] fine = ImageEncoder.jpeg(photo, 98);
    assertThat(decoder.inspect(fine)).isEqualTo(new ImageHeader(ImageFormat.JPEG, 97, 61));
    assertThat(fine).hasSizeGreaterThan(coarse.length);
    assertThat(meanError(fine)).isLessThan(meanError(coarse)).isLessThan(6);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 101, -5})
  void refusesAQualityOutOfRange(int quality) {
    assertThatThrownBy(() -> ImageEncoder.jpeg(photo, quality))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 100");
  }

  private double meanError(byte[] encoded) {
    byte[] decoded = decoder.decode(encoded).rgb();
    byte[] original = photo.rgb();
    double sum = 0;
    for (int i = 0; i < original.length; i++) {
      sum += Math.abs((decoded[i] & 0xff) - (original[i] & 0xff));
    }
    return sum / original.length;
  }
}
