package org.omnimamba.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.testing.Golden;

class ImageDecoderTest {
  private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);

  static List<String> fixtures() {
    return ImageFixtures.names();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void showsWhatAViewerShows(String name) {
    RgbImage decoded = decoder.decode(ImageFixtures.encoded(name));
    RgbImage expected = ImageFixtures.viewed(name);
    assertThat(decoded.width()).isEqualTo(expected.width());
    assertThat(decoded.height()).isEqualTo(expected.height());
    assertThat(largestDifference(decoded, expected)).isZero();
    ImageHeader header = decoder.inspect(ImageFixtures.encoded(name));
    assertThat(header.width()).isEqualTo(expected.width());
    assertThat(header.height()).isEqualTo(expected.height());
  }

  @ParameterizedTest
  @ValueSource(strings = {"photo-97x61", "photo-29x40"})
  void readsTheReferencesPhotosExactly(String photo) {
    Golden golden = Golden.of("vision-tiny");
    RgbImage decoded = decoder.decode(ImageFixtures.oracle(photo + ".png"));
    assertThat(decoded.rgb()).isEqualTo(golden.bytes(photo + "/rgb_u8_hwc"));
  }

  @Test
  void tellsFormatAndSizeWithoutDecoding() {
    assertThat(decoder.inspect(ImageFixtures.encoded("rgb.png")))
        .isEqualTo(new ImageHeader(ImageFormat.PNG, 24, 17));
    assertThat(decoder.inspect(ImageFixtures.encoded("jpeg-420.jpg")))
        .isEqualTo(new ImageHeader(ImageFormat.JPEG, 24, 17));
    assertThat(decoder.inspect(ImageFixtures.encoded("webp-lossy.webp")))
        .isEqualTo(new ImageHeader(ImageFormat.WEBP, 24, 17));
    assertThat(decoder.inspect(ImageFixtures.encoded("gif-offset-frame.gif")))
        .isEqualTo(new ImageHeader(ImageFormat.GIF, 24, 17));
  }

  private static int largestDifference(RgbImage a, RgbImage b) {
    byte[] left = a.rgb();
    byte[] right = b.rgb();
    int largest = 0;
    for (int i = 0; i < left.length; i++) {
      largest = Math.max(largest, Math.abs((left[i] & 0xff) - (right[i] & 0xff)));
    }
    return largest;
  }
}
