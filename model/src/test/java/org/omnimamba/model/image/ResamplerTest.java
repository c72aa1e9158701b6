package org.omnimamba.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.testing.Golden;

class ResamplerTest {
  private static final Golden GOLDEN = Golden.of("vision-tiny");

  static List<String> hashedSizes() {
    return List.copyOf(GOLDEN.json().get("sha256_of_resized_u8_hwc").propertyNames());
  }

  @ParameterizedTest
  @ValueSource(strings = {"photo-97x61", "photo-29x40"})
  void resizesToTheReferencesBytes(String photo) {
    assertThat(Resampler.resize(photo(photo), 56, 56).rgb())
        .isEqualTo(GOLDEN.bytes(photo + "/resized56_u8_hwc"));
  }

  @ParameterizedTest
  @MethodSource("hashedSizes")
  void resizesToTheReferencesHashes(String photoAndSize) throws NoSuchAlgorithmException {
    String[] parts = photoAndSize.split("@", 2);
    int size = Integer.parseInt(parts[1]);
    byte[] hash =
        MessageDigest.getInstance("SHA-256")
            .digest(Resampler.resize(photo(parts[0]), size, size).rgb());
    assertThat(HexFormat.of().formatHex(hash))
        .isEqualTo(GOLDEN.json().get("sha256_of_resized_u8_hwc").get(photoAndSize).asString());
  }

  @Test
  void keepsAnImageThatHasTheSizeAlready() {
    RgbImage image = photo("photo-29x40");
    assertThat(Resampler.resize(image, 29, 40)).isSameAs(image);
  }

  @Test
  void keepsAFlatColourAtAnySize() {
    byte[] rgb = new byte[3 * 7 * 5];
    Arrays.fill(rgb, (byte) 200);
    for (byte value : Resampler.resize(new RgbImage(7, 5, rgb), 31, 3).rgb()) {
      assertThat(value).isEqualTo((byte) 200);
    }
  }

  @Test
  void enlargesASinglePixel() {
    RgbImage one = new RgbImage(1, 1, new byte[] {1, 2, 3});
    byte[] rgb = Resampler.resize(one, 4, 4).rgb();
    for (int i = 0; i < rgb.length; i++) {
      assertThat(rgb[i]).isEqualTo((byte) (1 + i % 3));
    }
  }

  @Test
  void refusesAnEmptySize() {
    assertThatThrownBy(() -> Resampler.resize(photo("photo-29x40"), 0, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 x 5");
  }

  private static RgbImage photo(String name) {
    return new ImageDecoder(ImageLimits.DEFAULT).decode(ImageFixtures.oracle(name + ".png"));
  }
}
