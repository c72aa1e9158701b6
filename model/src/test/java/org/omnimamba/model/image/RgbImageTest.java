package org.omnimamba.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RgbImageTest {
  @Test
  void doesNotShareItsBytes() {
    byte[] bytes = {1, 2, 3};
    RgbImage image = new RgbImage(1, 1, bytes);
    bytes[0] = 9;
    image.rgb()[1] = 9;
    assertThat(image.rgb()).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> image.buffer().put(0, (byte) 9))
        .isInstanceOf(ReadOnlyBufferException.class);
  }

  @Test
  void equalsByContent() {
    RgbImage image = new RgbImage(1, 1, new byte[] {1, 2, 3});
    assertThat(image)
        .isEqualTo(new RgbImage(1, 1, new byte[] {1, 2, 3}))
        .hasSameHashCodeAs(new RgbImage(1, 1, new byte[] {1, 2, 3}))
        .isNotEqualTo(new RgbImage(1, 1, new byte[] {1, 2, 4}))
        .hasToString("RgbImage[1 x 1]");
  }

  @ParameterizedTest
  @CsvSource({"0,1,0", "1,-1,3", "2,2,11", "40000,40000,3"})
  void refusesSidesThatDoNotFit(int width, int height, int length) {
    assertThatThrownBy(() -> new RgbImage(width, height, new byte[length]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"0,1,1", "1,0,1", "1,1,0", "1,1,800000000"})
  void limitsMustBePositiveAndAddressable(int bytes, int side, long pixels) {
    assertThatThrownBy(() -> new ImageLimits(bytes, side, pixels))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
