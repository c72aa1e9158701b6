package org.omnimamba.model.runtime.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsReader;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.TestDevice;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.weights.WeightStorage;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageTokenizerTest {
  private static final Golden GOLDEN = Golden.of("generate-tiny");
  private static final int TOKENS = 16;

  private DeviceProgram compiledProgram;
  private DeviceProgram plainProgram;
  private ImageTokenizer compiled;
  private ImageTokenizer plain;

  @BeforeAll
  void load() {
    compiledProgram = new DeviceProgram(TestDevice.execution().withThreads(1));
    plainProgram = new DeviceProgram(TestDevice.execution().withThreads(1));
    try (SafetensorsReader weights = TinyWeights.open()) {
      compiled = load(compiledProgram, weights, true);
      plain = load(plainProgram, weights, false);
    }
  }

  @AfterAll
  void close() {
    compiledProgram.close();
    plainProgram.close();
  }

  /** Surprise 24: the codes' grid is rows by columns, and the result is clamped to -1..1. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void generatedIdsGiveTheReferencesPictures(boolean compile) {
    ImageTokenizer tokenizer = compile ? compiled : plain;
    for (int run = 0; run < 3; run++) {
      String prefix = "t2i/" + run + "/";
      List<int[]> codes = pictures(GOLDEN.ints(prefix + "generated_ids"));
      List<RgbImage> images = tokenizer.decode(codes);
      float[] expected = GOLDEN.floats(prefix + "image");
      int each = 3 * 64 * 64;
      for (int i = 0; i < images.size(); i++) {
        assertWithinOne(
            images.get(i), Arrays.copyOfRange(expected, i * each, (i + 1) * each), -1f, 2f);
      }
      assertWithinOne(images.get(0), GOLDEN.floats(prefix + "image0_normalized_0_1"), 0f, 1f);
    }
  }

  @Test
  void compiledAndPlainEncodeAlike() {
    RgbImage picture = pattern();
    int[] codes = compiled.encode(picture);
    assertThat(codes).hasSize(TOKENS).isEqualTo(plain.encode(picture));
    assertThat(Arrays.stream(codes).distinct().count()).isGreaterThan(1);
  }

  @Test
  void manyPicturesGetTheTokensOfEach() {
    List<RgbImage> pictures = new ArrayList<>();
    for (int i = 0; i < 67; i++) {
      byte[] rgb = pattern().rgb();
      Arrays.fill(rgb, 0, 180 * i, (byte) (3 * i));
      pictures.add(new RgbImage(64, 64, rgb));
    }
    List<int[]> codes = plain.encode(pictures);
    assertThat(codes).hasSize(67);
    for (int i : new int[] {0, 1, 63, 64, 66}) {
      assertThat(codes.get(i)).isEqualTo(plain.encode(pictures.get(i)));
    }
    assertThat(plain.encode(List.of())).isEmpty();
  }

  /** Products in bfloat16, as on accelerators, move a pixel by a few levels of 255. */
  @Test
  void bfloat16ProductsStayNearTheReference() {
    try (DeviceProgram program = new DeviceProgram(TestDevice.execution().withThreads(1));
        SafetensorsReader weights = TinyWeights.open()) {
      PartOptions options = new PartOptions(WeightStorage.BF16, Precision.BFLOAT16, false);
      int[] codes = GOLDEN.ints("t2i/0/generated_ids");
      byte[] rough =
          ImageTokenizer.load(program, weights, TinyModel.config(), options)
              .decode(List.of(codes))
              .get(0)
              .rgb();
      byte[] exact = plain.decode(List.of(codes)).get(0).rgb();
      double sum = 0;
      for (int i = 0; i < exact.length; i++) {
        sum += Math.abs((rough[i] & 0xff) - (exact[i] & 0xff));
      }
      assertThat(sum / exact.length).isLessThan(3).isPositive();
    }
  }

  @Test
  void convolutionsByProductsGiveTheSame() {
    try (DeviceProgram program = new DeviceProgram(TestDevice.execution().withThreads(1));
        SafetensorsReader weights = TinyWeights.open()) {
      ImageTokenizer products =
          ImageTokenizer.load(
              program,
              weights,
              TinyModel.config(),
              new PartOptions(WeightStorage.F32, Precision.FLOAT32, false, true));
      int[] codes = GOLDEN.ints("t2i/0/generated_ids");
      assertSame(products.decode(List.of(codes)).get(0), plain.decode(List.of(codes)).get(0));
      assertThat(products.encode(pattern())).isEqualTo(plain.encode(pattern()));
    }
  }

  @Test
  void aBatchGivesWhatSinglePicturesGive() {
    int[] first = GOLDEN.ints("t2i/0/generated_ids");
    int[] second = GOLDEN.ints("t2i/2/generated_ids");
    List<RgbImage> batch = plain.decode(List.of(first, second, second, first, second));
    assertThat(batch).hasSize(5);
    RgbImage firstAlone = plain.decode(List.of(first)).get(0);
    RgbImage secondAlone = plain.decode(List.of(second)).get(0);
    assertSame(batch.get(0), firstAlone);
    assertSame(batch.get(3), firstAlone);
    assertSame(batch.get(1), secondAlone);
    assertSame(batch.get(4), secondAlone);
    assertThat(plain.decode(List.of())).isEmpty();
  }

  @Test
  void aPartialPictureIsGreyBelowItsWholeRows() {
    int[] codes = GOLDEN.ints("t2i/0/generated_ids");
    RgbImage nothing = plain.decodePartial(new int[0]);
    assertThat(nothing.rgb()).containsOnly((byte) 128);
    assertThat(plain.decodePartial(Arrays.copyOf(codes, 3))).isEqualTo(nothing);

    byte[] half = plain.decodePartial(Arrays.copyOf(codes, 10)).rgb();
    int shown = 3 * 64 * 32;
    assertThat(Arrays.copyOfRange(half, shown, half.length)).containsOnly((byte) 128);
    int neutral = 0;
    for (int i = 0; i < shown; i++) {
      neutral += half[i] == (byte) 128 ? 1 : 0;
    }
    assertThat(neutral).isLessThan(shown / 10);

    assertThat(plain.decodePartial(codes)).isEqualTo(plain.decode(List.of(codes)).get(0));
  }

  @Test
  void refusesWhatIsNoPicture() {
    assertThatThrownBy(() -> plain.decode(List.of(new int[15])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("16 tokens, not 15");
    assertThatThrownBy(() -> plain.decodePartial(new int[17]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("16 tokens, not 17");
    for (int outside : new int[] {-1, 128}) {
      int[] codes = new int[TOKENS];
      codes[7] = outside;
      assertThatThrownBy(() -> plain.decode(List.of(codes)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("codebook of 128");
    }
    assertThatThrownBy(() -> plain.encode(new RgbImage(2, 1, new byte[6])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64 x 64");
  }

  /** The unused counters of the codebook (surprise 7) take no memory; kernels are there once. */
  @Test
  void onlyWhatIsUsedIsLoaded() {
    try (SafetensorsReader weights = TinyWeights.open()) {
      long used =
          weights.names().stream()
              .filter(name -> name.startsWith("llm_backbone.vqvae."))
              .filter(name -> !name.endsWith("codebook_used"))
              .mapToLong(name -> weights.info(name).byteSize())
              .sum();
      assertThat(plainProgram.variables().byteSize()).isEqualTo(used);
    }
  }

  private static ImageTokenizer load(
      DeviceProgram program, SafetensorsReader weights, boolean compile) {
    return ImageTokenizer.load(
        program,
        weights,
        TinyModel.config(),
        new PartOptions(WeightStorage.F32, Precision.FLOAT32, compile));
  }

  private static List<int[]> pictures(int[] codes) {
    List<int[]> pictures = new ArrayList<>();
    for (int at = 0; at < codes.length; at += TOKENS) {
      pictures.add(Arrays.copyOfRange(codes, at, at + TOKENS));
    }
    return pictures;
  }

  private static RgbImage pattern() {
    byte[] rgb = new byte[3 * 64 * 64];
    for (int i = 0; i < rgb.length; i++) {
      int x = i / 3 % 64;
      int y = i / 3 / 64;
      rgb[i] = (byte) (i % 3 == 0 ? 4 * x : i % 3 == 1 ? 4 * y : x * y / 16);
    }
    return new RgbImage(64, 64, rgb);
  }

  private static void assertSame(RgbImage actual, RgbImage expected) {
    byte[] left = actual.rgb();
    byte[] right = expected.rgb();
    for (int i = 0; i < left.length; i++) {
      assertThat(Math.abs((left[i] & 0xff) - (right[i] & 0xff))).isLessThanOrEqualTo(1);
    }
  }

  /** Golden pixels are {@code [3, 64, 64]} in {@code low .. low + range}. */
  private static void assertWithinOne(RgbImage image, float[] golden, float low, float range) {
    byte[] rgb = image.rgb();
    assertThat(golden).hasSameSizeAs(rgb);
    for (int i = 0; i < rgb.length; i++) {
      float value = golden[i % 3 * 64 * 64 + i / 3];
      float expected = 255f * Math.max(0f, Math.min(1f, (value - low) / range));
      assertThat(Math.abs((rgb[i] & 0xff) - expected)).isLessThanOrEqualTo(1f);
    }
  }
}
