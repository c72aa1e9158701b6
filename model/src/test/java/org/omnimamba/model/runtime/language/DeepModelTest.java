package org.omnimamba.model.runtime.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.omnimamba.model.checkpoint.tensor.FloatFormats;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.config.ProjectorConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.float64.PlainLanguageModel;
import org.omnimamba.model.float64.VariedTensors;
import org.omnimamba.model.runtime.RuntimeOptions;

/**
 * A model as deep as the released ones, and narrow: 48 layers, with their state, heads and chunks.
 * In float32 it stays within {@link #BOUND} of a second implementation in float64 at every depth,
 * and one wrong detail in one layer does not.
 */
class DeepModelTest {
  /** Measured were up to 3.1e-6. */
  private static final double BOUND = 1e-5;

  private static final int WIDTH = 128;
  private static final int TEXT_IDS = 270;
  private static final int TOKENS = 9;

  private static ModelConfig config;
  private static TensorSource weights;
  private static final Map<Task, DepthComparison> COMPARISONS = new EnumMap<>(Task.class);

  @BeforeAll
  static void run() {
    config = deepAndNarrow();
    weights = new VariedTensors(config, 1);
    RuntimeOptions options = DepthComparison.options();
    try (DeviceProgram program = new DeviceProgram(options.execution())) {
      LanguageModel model = LanguageModel.load(program, weights, config, options);
      for (Task task : Task.values()) {
        COMPARISONS.put(
            task,
            new DepthComparison(
                model,
                new PlainLanguageModel(weights, config.language()),
                config.language(),
                sequence(task)));
      }
    }
  }

  @AfterAll
  static void close() {
    weights.close();
  }

  /** The prompt of a question is longer than a chunk of the scan. */
  private static DepthComparison.Sequence sequence(Task task) {
    LanguageModelConfig sizes = config.language();
    int ids = task == Task.T2I ? sizes.t2iPromptTokens() : TEXT_IDS;
    return DepthComparison.Sequence.random(sizes, task, config.vision().patches(), ids, TOKENS);
  }

  private static ModelConfig deepAndNarrow() {
    LanguageModelConfig real = ModelPresets.omniMamba1_3B().language();
    ModelConfig small = ModelPresets.untrained();
    LanguageModelConfig language =
        new LanguageModelConfig(
            WIDTH,
            real.layers(),
            real.dState(),
            real.headDim(),
            real.expand(),
            real.dConv(),
            real.chunkSize(),
            real.rmsNormEps(),
            real.lora(),
            small.language().textVocabSize(),
            small.language().imageVocabSize(),
            real.imageGridHeight(),
            real.imageGridWidth(),
            real.maxCaptionTokens(),
            real.t2iPositions(),
            real.mmuPositions());
    ProjectorConfig projector = small.projector();
    return new ModelConfig(
        "deep-and-narrow",
        language,
        small.vision(),
        new ProjectorConfig(projector.inDim(), projector.hiddenDim(), WIDTH),
        small.vq(),
        small.specialTokens());
  }

  private static DepthComparison.Errors errors(Task task, PlainLanguageModel plain) {
    return COMPARISONS.get(task).with(plain);
  }

  @ParameterizedTest
  @EnumSource(Task.class)
  void staysNearFloat64AtEveryDepth(Task task, TestReporter reporter) {
    DepthComparison.Errors errors =
        errors(task, new PlainLanguageModel(weights, config.language()));
    for (int layer : new int[] {0, 11, 23, 35, 47}) {
      reporter.publishEntry(
          "%s, layers.%d".formatted(task.key(), layer), "%.1e".formatted(errors.at(layer)));
    }
    reporter.publishEntry(task.key() + ", logits", errors.prompt() + "; " + errors.steps());
    assertBelow(config.language().layers(), errors);
    assertThat(errors.logits()).isLessThan(BOUND);
  }

  /** Layers in front of one are near float64. */
  private static void assertBelow(int end, DepthComparison.Errors errors) {
    for (int layer = 0; layer < end; layer++) {
      assertThat(errors.at(layer)).as("layers.%d", layer).isLessThan(BOUND);
    }
  }

  /** The float64 model with something wrong. */
  private abstract static class Fault extends PlainLanguageModel {
    Fault() {
      super(weights, config.language());
    }
  }

  /** What is wrong, and the first layer, from 0, that sees it. */
  static Stream<Arguments> faults() {
    return Stream.<Arguments>of(
        Arguments.of(
            "another epsilon behind the gate of layer 24",
            25,
            new Fault() {
              @Override
              protected double gateEpsilon(int layer) {
                return layer == 24 ? 1e-6 : super.gateEpsilon(layer);
              }
            }),
        Arguments.of(
            "another epsilon in front of the first mixer",
            0,
            new Fault() {
              @Override
              protected double normEpsilon(int layer) {
                return layer == 0 ? 1e-6 : super.normEpsilon(layer);
              }
            }),
        Arguments.of(
            "no residual around layer 30",
            31,
            new Fault() {
              @Override
              protected double[] residualAfter(int layer, double[] before, double[] out) {
                return layer == 30 ? out : super.residualAfter(layer, before, out);
              }
            }),
        Arguments.of(
            "the stream kept in bfloat16",
            1,
            new Fault() {
              @Override
              protected double[] residualAfter(int layer, double[] before, double[] out) {
                return Arrays.stream(super.residualAfter(layer, before, out))
                    .map(DeepModelTest::rounded)
                    .toArray();
              }
            }),
        Arguments.of(
            "an adapter of half the strength in the last layer",
            47,
            new Fault() {
              @Override
              protected double adapterScale(int layer) {
                return super.adapterScale(layer) / (layer == 47 ? 2 : 1);
              }
            }),
        Arguments.of(
            "a state of layer 12 that decays a hundredth faster",
            12,
            new Fault() {
              @Override
              protected double decay(int layer, double dt, double aLog) {
                return super.decay(layer, layer == 12 ? 1.01 * dt : dt, aLog);
              }
            }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void oneWrongDetailIsSeenFromItsDepthOn(String what, int depth, PlainLanguageModel wrong) {
    DepthComparison.Errors errors = errors(Task.T2I, wrong);
    assertBelow(depth, errors);
    assertThat(errors.at(depth)).as("layers.%d", depth).isGreaterThan(BOUND);
    assertThat(errors.logits()).isGreaterThan(BOUND);
  }

  private static double rounded(double value) {
    return FloatFormats.bfloat16ToFloat(FloatFormats.floatToBfloat16((float) value));
  }
}
