package org.omnimamba.model.runtime.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsReader;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.TowerConfig;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.image.ImageDecoder;
import org.omnimamba.model.image.ImageLimits;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.image.ImagePreprocessor;
import org.omnimamba.model.runtime.ImageTable;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.RelativeErrors;
import org.omnimamba.model.testing.TestDevice;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.weights.WeightStorage;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TInt64;

class VisionEncoderTest {
  private static final ModelConfig CONFIG = TinyModel.config();
  private static final Golden GOLDEN = Golden.of("full-mmu-tiny");

  @ParameterizedTest
  @CsvSource({
    "a,photo-97x61.png,true", "a,photo-97x61.png,false",
    "b,photo-29x40.png,true", "b,photo-29x40.png,false"
  })
  void aPhotoGivesTheReferencesEmbeddings(String run, String photo, boolean compile) {
    try (DeviceProgram program = program();
        SafetensorsReader weights = TinyWeights.open()) {
      float[] embeddings = load(program, weights, WeightStorage.F32, compile).encode(pixels(photo));
      assertClose(embeddings, GOLDEN.floats(run + "/image_embeddings"));
    }
  }

  @Test
  void weightsRoundedToBfloat16AreWidenedExactly() {
    try (DeviceProgram program = program();
        SafetensorsReader weights = TinyWeights.open(TinyModel.bfloat16Directory())) {
      float[] kept =
          load(program, weights, WeightStorage.BF16, false).encode(pixels("photo-97x61.png"));
      assertClose(kept, GOLDEN.floats("bf16_weights/image_embeddings"));
    }
  }

  /** Products in bfloat16, as on accelerators, keep two to three digits. */
  @Test
  void bfloat16ProductsStayNearTheReference() {
    try (DeviceProgram program = program();
        SafetensorsReader weights = TinyWeights.open()) {
      PartOptions options = new PartOptions(WeightStorage.BF16, Precision.BFLOAT16, false);
      float[] actual =
          VisionEncoder.load(program, weights, CONFIG, options).encode(pixels("photo-97x61.png"));
      float[] expected = GOLDEN.floats("a/image_embeddings");
      assertThat(RelativeErrors.of(actual, expected)).isLessThan(0.05).isGreaterThan(1e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBatchGivesWhatSingleImagesGive(boolean compile) {
    try (DeviceProgram program = program();
        SafetensorsReader weights = TinyWeights.open()) {
      VisionEncoder encoder = load(program, weights, WeightStorage.F32, compile);
      ImagePixels first = pixels("photo-97x61.png");
      ImagePixels second = pixels("photo-29x40.png");
      List<float[]> batch = encoder.encode(List.of(first, second, second, first, second));
      assertThat(batch).hasSize(5);
      for (int i : new int[] {0, 3}) {
        assertClose(batch.get(i), GOLDEN.floats("a/image_embeddings"));
      }
      for (int i : new int[] {1, 2, 4}) {
        assertClose(batch.get(i), GOLDEN.floats("b/image_embeddings"));
      }
      assertThat(encoder.encode(List.of())).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anImageIsLeftInItsPlaceOnTheDevice(boolean compile) {
    try (DeviceProgram program = program();
        SafetensorsReader weights = TinyWeights.open()) {
      VisionEncoder encoder = load(program, weights, WeightStorage.F32, compile);
      ImagePixels first = pixels("photo-97x61.png");
      ImagePixels second = pixels("photo-29x40.png");
      int patches = CONFIG.vision().patches();
      ImageTable table = new ImageTable(program.variables(), patches, CONFIG.language().dModel());
      encoder.encode(second, table, 0);
      encoder.encode(second, table, 1);
      encoder.encode(first, table, 1);
      encoder.encode(first, table, 3);
      long[] all = LongStream.range(0, patches).toArray();
      CompiledFunction read =
          program.function(
              "read_image",
              compile,
              scope ->
                  List.of(
                      table.read(
                          scope,
                          scope.input(TInt64.class, Shape.of(1)),
                          scope.tf().constant(all))));
      float[][] expected = {
        encoder.encode(second), encoder.encode(first), new float[patches], encoder.encode(first)
      };
      for (int place : new int[] {0, 1, 3}) {
        assertThat(read.call().longs(place).run().floats(0))
            .as("place %d", place)
            .containsExactly(expected[place]);
      }
      assertThatThrownBy(() -> encoder.encode(first, table, table.places()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("places");
    }
  }

  @Test
  void meanFeaturesAreTheTowersFeaturesOnTheAverageOfAllPatches() {
    try (DeviceProgram program = program();
        SafetensorsReader weights = TinyWeights.open()) {
      VisionEncoder encoder = load(program, weights, WeightStorage.F32, false);
      ImagePixels photo = pixels("photo-97x61.png");
      List<ImagePixels> many = new ArrayList<>(Collections.nCopies(65, pixels("photo-29x40.png")));
      many.set(64, photo);
      List<float[]> means = encoder.meanFeatures(many);
      float[] features = GOLDEN.floats("a/vision_features");
      int width = CONFIG.vision().featureDim();
      float[] expected = new float[width];
      for (int i = 0; i < features.length; i++) {
        expected[i % width] += features[i] / CONFIG.vision().patches();
      }
      assertThat(means).hasSize(65);
      assertClose(means.get(64), expected);
      assertClose(encoder.meanFeatures(List.of(photo)).get(0), expected);
    }
  }

  /** Surprise 7: what no result depends on does not take memory on the device. */
  @Test
  void unusedTensorsStayOutOfTheProgram() {
    try (DeviceProgram program = program();
        SafetensorsReader weights = TinyWeights.open()) {
      load(program, weights, WeightStorage.F32, false);
      long used = 0;
      for (String name : weights.names()) {
        boolean vision = name.startsWith("vision_backbone.") || name.startsWith("projector.");
        if (vision && !isUnused(name)) {
          used += weights.info(name).byteSize();
        }
      }
      assertThat(program.variables().byteSize()).isEqualTo(used);
    }
  }

  @Test
  void isCompiledOnAcceleratorsOnly() {
    ExecutionOptions cpu = ExecutionOptions.cpu();
    ExecutionOptions gpu = new ExecutionOptions(ExecutionOptions.Device.GPU, true, 0);
    assertThat(options(cpu).compile()).isFalse();
    assertThat(options(gpu).compile()).isTrue();
    assertThat(options(gpu.withCompile(false)).compile()).isFalse();
  }

  private static PartOptions options(ExecutionOptions execution) {
    return PartOptions.of(execution, WeightStorage.F32, Precision.FLOAT32);
  }

  @Test
  void refusesPixelsOfAnotherModel() {
    try (DeviceProgram program = program();
        SafetensorsReader weights = TinyWeights.open()) {
      VisionEncoder encoder = load(program, weights, WeightStorage.F32, false);
      float[] plane = new float[3 * 14 * 14];
      assertThatThrownBy(() -> encoder.encode(new ImagePixels(14, List.of(plane, plane))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("56 x 56")
          .hasMessageContaining("14 x 14");
      float[] right = new float[3 * 56 * 56];
      assertThatThrownBy(() -> encoder.encode(new ImagePixels(56, List.of(right))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("2 towers");
    }
  }

  private static boolean isUnused(String name) {
    for (TowerConfig tower : CONFIG.vision().towers()) {
      String prefix = "vision_backbone." + tower.name() + "_featurizer.";
      if (name.startsWith(prefix + "attn_pool.")
          || name.startsWith(prefix + "norm.")
          || name.startsWith(prefix + "blocks." + (tower.depth() - 1) + ".")) {
        return true;
      }
    }
    return false;
  }

  private static VisionEncoder load(
      DeviceProgram program, SafetensorsReader weights, WeightStorage storage, boolean compile) {
    return VisionEncoder.load(
        program, weights, CONFIG, new PartOptions(storage, Precision.FLOAT32, compile));
  }

  private static DeviceProgram program() {
    return new DeviceProgram(TestDevice.execution().withThreads(1));
  }

  private static ImagePixels pixels(String photo) {
    try {
      byte[] bytes = Files.readAllBytes(OracleFiles.path(photo));
      return new ImagePreprocessor(CONFIG.vision())
          .prepare(new ImageDecoder(ImageLimits.DEFAULT).decode(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-4f + 1e-4f * Math.abs(expected[i])));
    }
  }
}
