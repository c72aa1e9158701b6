package org.omnimamba.model.graph.mamba;

import static org.assertj.core.api.Assertions.assertThat;
import static org.omnimamba.model.testing.Tolerances.assertClose;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsReader;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.TestDevice;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.weights.ParameterStore;
import org.omnimamba.model.weights.WeightStorage;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Full sequences through the blocks, every intermediate value against the reference. */
class BackboneGoldenTest {
  private static final Golden GOLDEN = Golden.of("backbone-tiny");
  private static final int BATCH = 2;

  private static LanguageModelConfig config;
  private static DeviceProgram compiled;
  private static DeviceProgram plain;
  private static ParameterStore compiledParameters;
  private static ParameterStore plainParameters;

  @BeforeAll
  static void load() {
    config = TinyModel.config().language();
    compiled = new DeviceProgram(TestDevice.execution());
    plain = new DeviceProgram(TestDevice.execution().withCompile(false));
    compiledParameters = parameters(compiled);
    plainParameters = parameters(plain);
  }

  @AfterAll
  static void close() {
    compiled.close();
    plain.close();
  }

  private static ParameterStore parameters(DeviceProgram program) {
    ParameterStore store = new ParameterStore(program.variables(), WeightStorage.F32);
    try (SafetensorsReader source = Safetensors.open(TinyModel.directory())) {
      store.load(
          source, source.names().stream().filter(n -> n.startsWith(Backbone.PREFIX)).toList());
    }
    return store;
  }

  static Stream<Arguments> lengths() {
    return Stream.of(Task.values())
        .flatMap(
            task ->
                Stream.of(1, 7, 32, 33, 89, 100)
                    .filter(length -> GOLDEN.has(key(task, length, "logits")))
                    .flatMap(
                        length ->
                            Stream.of(true, false)
                                .map(compile -> Arguments.of(task, length, compile))));
  }

  @ParameterizedTest(name = "{0}, length {1}, compiled {2}")
  @MethodSource("lengths")
  void equalsTheReference(Task task, int length, boolean compile) {
    Map<String, float[]> values = forward(task, length, compile);
    List<String> checked = new ArrayList<>();
    for (String name : GOLDEN.names()) {
      String prefix = key(task, length, "");
      if (name.startsWith(prefix) && !name.contains("input_")) {
        String local = name.substring(prefix.length());
        assertClose(name, values.getOrDefault(local, new float[0]), GOLDEN.floats(name));
        checked.add(local);
      }
    }
    assertThat(checked).contains("layer0_in", "layer2.mixer_out", "final_hidden", "logits");
    if (length == 33) {
      assertThat(checked).contains("layer0.detail.ssd_out_y_with_D");
    }
  }

  /** Values under the names of the golden file. */
  private static Map<String, float[]> forward(Task task, int length, boolean compile) {
    Map<String, Operand<TFloat32>> seen = new LinkedHashMap<>();
    Shape shape = Shape.of(BATCH, length, config.dModel());
    CompiledFunction function =
        (compile ? compiled : plain)
            .function(
                "forward",
                scope -> {
                  Operand<TFloat32> input = scope.input(TFloat32.class, shape);
                  return build(scope, task, compile, input, seen);
                });
    CompiledFunction.Outputs outputs =
        function.call().floats(GOLDEN.floats(key(task, length, "input_embeddings"))).run();
    Map<String, float[]> values = new LinkedHashMap<>();
    for (String name : seen.keySet()) {
      values.put(name, outputs.floats(values.size()));
    }
    return values;
  }

  private static List<Operand<?>> build(
      FunctionScope scope,
      Task task,
      boolean compile,
      Operand<TFloat32> input,
      Map<String, Operand<TFloat32>> seen) {
    ParameterStore parameters = compile ? compiledParameters : plainParameters;
    BlockContext context =
        new BlockContext(scope.tf(), parameters.in(scope), Precision.FLOAT32)
            .with((name, value) -> seen.put(goldenName(name), value))
            .in(Backbone.PREFIX);
    Operand<TFloat32> embeddings = input;
    if (task == Task.MMU) {
      long[] positions = new long[(int) input.shape().get(1)];
      java.util.Arrays.setAll(positions, i -> i);
      embeddings =
          scope
              .tf()
              .math
              .add(
                  input, new TokenEmbeddings(context).mmuPositions(scope.tf().constant(positions)));
    }
    seen.put("layer0_in", embeddings);
    Operand<TFloat32> hidden =
        new Backbone(context, config, TaskLora.beside(task, config.lora()))
            .sequence(embeddings, null, LayerStates.NONE);
    seen.put("logits", new TiedHeads(context).logits(task, hidden));
    return List.copyOf(seen.values());
  }

  /** {@code ...layers.0.mixer.out} is {@code layer0.mixer_out} in the golden file, and so on. */
  private static String goldenName(String exposed) {
    return exposed
        .substring(Backbone.PREFIX.length() + 1)
        .replaceFirst("^layers\\.(\\d+)\\.mixer\\.out$", "layer$1.mixer_out")
        .replaceFirst("^layers\\.(\\d+)\\.residual$", "layer$1.residual")
        .replaceFirst("^layers\\.(\\d+)\\.mixer_in$", "layer$1.detail.mixer_in")
        .replaceFirst("^layers\\.(\\d+)\\.mixer\\.", "layer$1.detail.");
  }

  private static String key(Task task, int length, String tensor) {
    return "%s/full/L%d/%s".formatted(task.key(), length, tensor);
  }
}
