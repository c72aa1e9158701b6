package org.omnimamba.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.omnimamba.model.checkpoint.schema.InitialValues;
import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.model.checkpoint.schema.TensorSchema;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.config.ProjectorConfig;
import org.omnimamba.model.config.VqConfig;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.text.TokenizerDefinitions;
import org.tensorflow.ndarray.Shape;
import tools.jackson.databind.JsonNode;

class RandomModelTest {
  @TempDir Path temp;

  static List<Map.Entry<String, JsonNode>> measured() {
    return List.copyOf(Golden.json("initial-values").path("measured").properties());
  }

  /** The sizes of the build of the reference that was measured. */
  private static ModelConfig measuredSizes() {
    ModelConfig base = ModelPresets.untrained();
    LanguageModelConfig language =
        new LanguageModelConfig(
            256,
            4,
            64,
            32,
            2,
            4,
            256,
            1e-5f,
            base.language().lora(),
            1008,
            512,
            16,
            16,
            68,
            329,
            1500);
    VqConfig vq = new VqConfig(32, List.of(1, 1), 1, 32, 512, 8, true, 65536);
    int features = base.vision().featureDim();
    return new ModelConfig(
        "measured",
        language,
        base.vision(),
        new ProjectorConfig(features, 4 * features, 256),
        vq,
        base.specialTokens());
  }

  @ParameterizedTest
  @MethodSource("measured")
  void startsWithTheReferencesValues(Map.Entry<String, JsonNode> entry) {
    ModelConfig config = measuredSizes();
    String name = ParameterNames.LANGUAGE + entry.getKey();
    JsonNode expected = entry.getValue();
    Shape shape = TensorSchema.of(config).stored().get(name);
    assertThat(shape.asArray())
        .containsExactly(
            expected.path("shape").valueStream().mapToLong(JsonNode::longValue).toArray());
    Shape weight =
        TensorSchema.of(config).stored().getOrDefault(name.replaceAll("bias$", "weight"), shape);
    InitialValues.Values values =
        new InitialValues(config).of(name, shape, weight, new SplittableRandom(5));
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    double squares = 0;
    for (long i = 0; i < shape.size(); i++) {
      float value = values.next();
      min = Math.min(min, value);
      max = Math.max(max, value);
      sum += value;
      squares += (double) value * value;
    }
    double mean = sum / shape.size();
    double deviation = Math.sqrt(Math.max(0, squares / shape.size() - mean * mean));
    double expectedDeviation = expected.path("std").doubleValue();
    // the measured numbers are a sample too: sixteen heads tell little, a matrix a lot
    double slack = shape.size() < 100 ? 0.4 : shape.size() < 1000 ? 0.1 : 0.03;
    assertThat(deviation).isCloseTo(expectedDeviation, within(slack * expectedDeviation));
    assertThat(mean)
        .isCloseTo(
            expected.path("mean").doubleValue(),
            within(6 * expectedDeviation / Math.sqrt((double) shape.size()) + 1e-9));
    assertThat(min).isCloseTo(expected.path("min").doubleValue(), within(1.5 * expectedDeviation));
    assertThat(max).isCloseTo(expected.path("max").doubleValue(), within(1.5 * expectedDeviation));
  }

  @Test
  void writesACompleteModel() {
    Path directory = temp.resolve("model");
    RandomModel.write(directory, ModelPresets.untrained(), 7);
    try (Checkpoint checkpoint = Checkpoint.openVerified(directory)) {
      assertThat(checkpoint.config()).isEqualTo(ModelPresets.untrained());
      for (String name : checkpoint.names()) {
        for (float value : checkpoint.readFloats(name)) {
          assertThat(value).as(name).isFinite();
        }
      }
      float[] codes = checkpoint.readFloats(ParameterNames.VQ + "quantize.embedding.weight");
      double square = 0;
      for (int i = 0; i < 8; i++) {
        square += codes[i] * codes[i];
      }
      assertThat(square).isCloseTo(1, within(1e-5));
      assertThat(checkpoint.readFloats("projector.projector.0.bias")[0]).isNotZero();
    }
  }

  @Test
  void dependsOnTheSeedOnly() {
    RandomModel.write(temp.resolve("a"), ModelPresets.untrained(), 7);
    RandomModel.write(temp.resolve("b"), ModelPresets.untrained(), 7);
    RandomModel.write(temp.resolve("c"), ModelPresets.untrained(), 8);
    assertThat(Manifest.read(temp.resolve("b"))).isEqualTo(Manifest.read(temp.resolve("a")));
    assertThat(Manifest.read(temp.resolve("c"))).isNotEqualTo(Manifest.read(temp.resolve("a")));
  }

  @Test
  void writesBfloat16() {
    ModelConfig config = ModelPresets.untrained();
    RandomModel.write(temp.resolve("f32"), config, 7);
    RandomModel.write(
        temp.resolve("bf16"), config, 7, Dtype.BF16, TokenizerDefinitions.bytesOnly(config));
    try (Checkpoint whole = Checkpoint.open(temp.resolve("f32"));
        Checkpoint half = Checkpoint.open(temp.resolve("bf16"))) {
      String name = ParameterNames.TEXT_EMBEDDING;
      assertThat(half.info(name).dtype()).isEqualTo(Dtype.BF16);
      float[] exact = whole.readFloats(name);
      float[] rounded = half.readFloats(name);
      for (int i = 0; i < exact.length; i++) {
        assertThat(rounded[i]).isEqualTo(exact[i], within(Math.abs(exact[i]) / 256));
      }
    }
  }
}
