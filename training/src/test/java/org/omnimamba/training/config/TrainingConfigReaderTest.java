package org.omnimamba.training.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.omnimamba.model.config.ConfigReader;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.graph.Precision;

class TrainingConfigReaderTest {
  private static final Path RECIPES = Path.of("..", "models", "recipes");

  private static final String SMALL =
      """
      model: config.json
      output: out
      run:
        seed: 7
        steps: 100
      optimizer:
        learning_rate: 1e-3
      objective:
        kind: t2i
      data:
        batch_size: 2
      """;

  @TempDir Path folder;

  private TrainingConfig read(String yaml, Map<String, String> overrides) throws IOException {
    return TrainingConfigReader.read(
        Files.writeString(folder.resolve("small.yaml"), yaml), overrides);
  }

  static List<Path> recipes() throws IOException {
    try (Stream<Path> files = Files.walk(RECIPES)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void readsEveryRecipe(Path recipe) {
    TrainingConfig config = TrainingConfigReader.read(recipe, Map.of("work", "/tmp/work"));
    assertThat(config.model()).exists();
    assertThat(ConfigReader.read(config.model())).isNotNull();
    assertThat(config.run().output())
        .satisfies(output -> assertThat(output.startsWith("/tmp/work")).isTrue());
    assertThat(config.objective().text("kind")).isNotBlank();
  }

  @Test
  void thePapersRecipeHasThePapersSettings() {
    Path recipe = RECIPES.resolve("omnimamba-1.3b");
    TrainingConfig stage2 = TrainingConfigReader.read(recipe.resolve("03-stage2.yaml"), Map.of());
    assertThat(ConfigReader.read(stage2.model())).isEqualTo(ModelPresets.omniMamba1_3B());
    RunSettings run = stage2.run();
    assertThat(run.learningRate()).isEqualTo(1e-4);
    assertThat(run.warmupSteps()).isZero();
    assertThat(run.rateFloor()).isEqualTo(0.01);
    assertThat(run.budget().steps()).isEqualTo(150_000);
    assertThat(run.options().precision()).isEqualTo(Precision.BFLOAT16);
    assertThat(run.options().optimizer().clipNorm()).isEqualTo(1);
    assertThat(run.execution().device()).isEqualTo(ExecutionOptions.Device.GPU);
    Section data = stage2.data();
    // the rows of eight GPUs in micro-batches that fit one
    int microBatches = run.options().accumulate();
    assertThat(microBatches * data.section("t2i").integer("batch_size")).isEqualTo(8 * 48);
    assertThat(microBatches * data.section("mmu").integer("batch_size")).isEqualTo(8 * 3);
  }

  @Test
  void hasDefaults() throws IOException {
    TrainingConfig config = read(SMALL, Map.of());
    assertThat(config.name()).isEqualTo("small");
    assertThat(config.model()).isEqualTo(folder.resolve("config.json").toAbsolutePath());
    assertThat(config.parts()).isEmpty();
    RunSettings run = config.run();
    assertThat(run.output()).isEqualTo(Path.of(".", "out"));
    assertThat(run.execution().device()).isEqualTo(ExecutionOptions.Device.CPU);
    assertThat(run.options().precision()).isEqualTo(Precision.FLOAT32);
    assertThat(run.options().optimizer().beta2()).isEqualTo(0.95);
    assertThat(run.options().accumulate()).isEqualTo(1);
    assertThat(run.options().recompute()).isZero();
    assertThat(run.execution().devices()).isEqualTo(1);
    assertThat(run.budget().maxMinutes()).isZero();
  }

  @Test
  void replacesFields() throws IOException {
    TrainingConfig config =
        read(
            SMALL,
            Map.of(
                "run.steps", "5",
                "run.devices", "4",
                "run.recompute", "2",
                "run.precision", "bfloat16",
                "work", "/elsewhere",
                "parts", "[a.safetensors, /b]"));
    assertThat(config.run().budget().steps()).isEqualTo(5);
    assertThat(config.run().execution().devices()).isEqualTo(4);
    assertThat(config.run().options().recompute()).isEqualTo(2);
    assertThat(config.run().options().precision()).isEqualTo(Precision.BFLOAT16);
    assertThat(config.run().output()).isEqualTo(Path.of("/elsewhere/out"));
    assertThat(config.parts()).containsExactly(Path.of("/elsewhere/a.safetensors"), Path.of("/b"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run.steps | 0 | run.steps is 0",
        "run.steps | many | run.steps is \"many\", not a whole number",
        "run.steps | auto | max_minutes",
        "run.device | tpu | run.device is 'tpu', not one of [cpu, gpu]",
        "run.accumulate | 0 | run.accumulate is 0",
        "run.devices | 0 | run.devices is 0, not between 1 and 64",
        "run.recompute | -1 | run.recompute is -1, not between 0 and",
        "run.sed | 1 | run.sed is unknown",
        "optimizer.learning_rate | -1 | optimizer.learning_rate is -1.0; it must be positive",
        "optimizer.beta1 | 2 | betas",
        "optimizer.lr | 2 | optimizer.lr is unknown",
        "output | 3 | output is 3, not a text",
        "partz | [] | partz is unknown",
        "data | 3 | data is no mapping",
        "objective.kind.x | 3 | there is no objective.kind.x to set"
      })
  void namesTheFieldThatIsWrong(String name, String value, String message) {
    assertThatThrownBy(() -> read(SMALL, Map.of(name, value)))
        .isInstanceOf(InvalidTrainingConfigException.class)
        .hasMessageContaining("small.yaml")
        .hasMessageContaining(message);
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> read("model: config.json\noutput: out\n", Map.of()))
        .isInstanceOf(InvalidTrainingConfigException.class)
        .hasMessageContaining("run is missing");
    assertThatThrownBy(() -> read(SMALL.replace("output: out\n", ""), Map.of()))
        .hasMessageContaining("output is missing");
    assertThatThrownBy(() -> read("a: [", Map.of())).hasMessageContaining("is no YAML");
    assertThatThrownBy(() -> read("a: 1\na: 2\n", Map.of())).hasMessageContaining("is no YAML");
    assertThatThrownBy(() -> TrainingConfigReader.read(folder.resolve("absent.yaml"), Map.of()))
        .hasMessageContaining("absent.yaml");
  }

  @Test
  void identityIsWhatMustNotChangeWhileARunIsStopped() throws IOException {
    Path tokens = Files.writeString(folder.resolve("tokens.jsonl"), "one");
    Map<String, String> first =
        Map.of("work", folder.toString(), "data.tokens", "tokens.jsonl", "run.steps", "5");
    RunIdentity identity = read(SMALL, first).identity();
    Map<String, String> later = new LinkedHashMap<>(first);
    for (String allowed :
        List.of(
            "run.steps=9",
            "run.max_minutes=3",
            "run.log_every=2",
            "run.device=gpu",
            "run.devices=2",
            "run.recompute=1",
            "output=b")) {
      later.put(allowed.replaceFirst("=.*", ""), allowed.replaceFirst(".*=", ""));
    }
    // another path to the same bytes is the same data
    later.put("data.tokens", tokens.toString());
    assertThat(read(SMALL, later).identity()).isEqualTo(identity);

    for (String refused :
        List.of("run.seed=8", "run.accumulate=3", "optimizer.learning_rate=0.5", "parts=[other]")) {
      Map<String, String> changed = new LinkedHashMap<>(first);
      changed.put(refused.replaceFirst("=.*", ""), refused.replaceFirst(".*=", ""));
      assertThat(read(SMALL, changed).identity()).as(refused).isNotEqualTo(identity);
    }
    Files.writeString(tokens, "two");
    assertThat(read(SMALL, first).identity().fields().get("data.tokens"))
        .startsWith("tokens.jsonl with ")
        .isNotEqualTo(identity.fields().get("data.tokens"));
  }
}
