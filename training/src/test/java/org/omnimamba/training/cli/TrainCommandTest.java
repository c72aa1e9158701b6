package org.omnimamba.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsReader;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.training.data.ImageTokens;
import picocli.CommandLine;

/** Both stages on the tiny model and real files, as the command line runs them. */
class TrainCommandTest {
  private static final String RUN =
      """
      run:
        seed: 3
        steps: 4
        compile: false
        log_every: 1
      optimizer:
        learning_rate: 1.0e-3
        warmup_steps: 2
      """;
  private static final String DRAWING =
      """
      tokens: %s
      tokenizer: %s
      batch_size: 2
      """;
  private static final String UNDERSTANDING =
      """
      conversations: %s
      images: %s
      tokenizer: %s
      batch_size: 2
      length: 48
      """;

  @TempDir Path work;

  private final StringWriter err = new StringWriter();
  private final StringWriter out = new StringWriter();

  @BeforeEach
  void writeData() throws IOException {
    Golden golden = Golden.of("train-tiny");
    long[] ids = golden.longs("t2i/image_ids");
    List<ImageTokens> tokens = new ArrayList<>();
    for (int row = 0; row < 2; row++) {
      int[] image = new int[ids.length / 2];
      for (int i = 0; i < image.length; i++) {
        image[i] = (int) ids[row * image.length + i];
      }
      String caption = golden.json().path("batches").path("t2i_captions").get(row).stringValue();
      tokens.add(new ImageTokens(caption, image));
    }
    ImageTokens.write(work.resolve("tokens.jsonl"), tokens);
    Files.writeString(
        work.resolve("conversations.json"),
        golden.json().path("batches").path("finetune_json").toString());
    Files.createDirectory(work.resolve("images"));
    for (String photo : List.of("photo-97x61.png", "photo-29x40.png")) {
      Files.copy(OracleFiles.path(photo), work.resolve("images").resolve(photo));
    }
  }

  private String drawing() {
    return DRAWING.formatted(work.resolve("tokens.jsonl"), tokenizer());
  }

  private String understanding() {
    return UNDERSTANDING.formatted(
        work.resolve("conversations.json"), work.resolve("images"), tokenizer());
  }

  private static Path tokenizer() {
    return TinyModel.directory().resolve("tokenizer.json");
  }

  private static String indented(String section, String fields) {
    return section + ":\n" + fields.indent(2);
  }

  private Path write(String name, String parts, String objective, String data) throws IOException {
    return Files.writeString(
        work.resolve(name + ".yaml"),
        "model: %s\nparts: [%s%s]\noutput: %s\n"
                .formatted(
                    TinyModel.directory().resolve("config.json"),
                    TinyModel.directory(),
                    parts,
                    name)
            + RUN
            + "objective:\n  kind: %s\n  lora_dropout: 0.05\n".formatted(objective)
            + indented("data", data));
  }

  private int train(Path config, String... more) {
    List<String> arguments = new ArrayList<>(List.of("--config", config.toString()));
    arguments.add("--set");
    arguments.add("work=" + work);
    arguments.addAll(List.of(more));
    return new CommandLine(new TrainCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .setExecutionExceptionHandler(
            (exception, command, result) -> {
              err.append(exception.getMessage());
              return 2;
            })
        .execute(arguments.toArray(String[]::new));
  }

  @Test
  void trainsBothStagesAndResumesToTheBit() throws IOException {
    assertThat(train(write("t2i", "", "t2i", drawing()))).as(err.toString()).isZero();
    assertThat(train(write("mmu", "", "mmu", understanding()))).as(err.toString()).isZero();
    assertThat(names("t2i")).anyMatch(name -> name.contains("t2i_lora_B0"));
    assertThat(names("t2i")).noneMatch(name -> name.contains("mmu_lora"));
    assertThat(names("mmu")).anyMatch(name -> name.startsWith("projector."));
    assertThat(names("mmu")).noneMatch(name -> name.contains("embedding"));

    String both = ", mmu/trained.safetensors, t2i/trained.safetensors";
    String data = indented("t2i", drawing()) + indented("mmu", understanding());
    assertThat(train(write("straight", both, "joint", data))).as(err.toString()).isZero();
    Path stopped = write("stopped", both, "joint", data);
    assertThat(train(stopped, "--set", "run.steps=2")).as(err.toString()).isZero();
    assertThat(train(stopped)).as(err.toString()).isZero();
    assertThat(Files.readAllBytes(work.resolve("stopped/trained.safetensors")))
        .isEqualTo(Files.readAllBytes(work.resolve("straight/trained.safetensors")));
    assertThat(err.toString()).contains("stopped: ", "goes on at step 2 of 4");
    assertThat(out.toString()).contains("straight/trained.safetensors");
    assertThat(work.resolve("stopped/curve.png")).exists();

    assertThat(train(stopped, "--set", "run.seed=4", "--set", "data.mmu.batch_size=3"))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains("data.mmu.batch_size (then 2, now 3), run.seed (then 3, now 4)")
        .contains("Choose another output");
  }

  @Test
  void sharesBatchesOverDevicesAndGoesOnOnAnotherNumberOfThem() throws IOException {
    String data = indented("t2i", drawing()) + indented("mmu", understanding());
    // a large epsilon, so that gradients that are nothing but rounding move nothing
    String smooth = "optimizer.epsilon=1e-3";
    String altered = "data.mmu.augmentation={zoom: 0.1, hue: 0.1, cutout: 0.5, cutout_side: 0.3}";
    Path one = write("one", "", "joint", data);
    assertThat(train(one, "--set", smooth, "--set", altered)).as(err.toString()).isZero();
    Path moved = write("moved", "", "joint", data);
    String[][] starts = {{"1", "1"}, {"3", "2"}, {"4", "1"}};
    for (String[] start : starts) {
      int exit =
          train(
              moved,
              "--set",
              smooth,
              "--set",
              altered,
              "--set",
              "run.recompute=" + start[1],
              "--set",
              "run.steps=" + start[0],
              "--set",
              "run.devices=" + start[1]);
      assertThat(exit).as(err.toString()).isZero();
    }
    assertThat(err.toString()).contains("goes on at step 1 of 3", "goes on at step 3 of 4");
    Map<String, float[]> expected = trained("one");
    Map<String, float[]> actual = trained("moved");
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    actual.forEach(
        (name, values) ->
            assertThat(values)
                .as(name)
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(expected.get(name)));
  }

  private Map<String, float[]> trained(String output) {
    Map<String, float[]> values = new TreeMap<>();
    try (SafetensorsReader reader =
        Safetensors.open(work.resolve(output).resolve("trained.safetensors"))) {
      reader.names().forEach(name -> values.put(name, reader.readFloats(name)));
    }
    return values;
  }

  @Test
  void saysWhyDevicesCannotShareABatch() throws IOException {
    Path config = write("shared", "", "mmu", understanding());
    assertThat(train(config, "--set", "run.devices=3")).isEqualTo(2);
    assertThat(err.toString())
        .contains("run.devices is 3", "batch_size of 2 (understanding)", "3 devices");
    assertThat(train(config, "--set", "run.devices=0")).isEqualTo(2);
    assertThat(err.toString()).contains("run.devices is 0, not between 1 and 64");
    assertThat(train(config, "--set", "run.devices=two")).isEqualTo(2);
    assertThat(err.toString()).contains("run.devices is \"two\", not a whole number");
  }

  private Iterable<String> names(String output) {
    try (SafetensorsReader reader =
        Safetensors.open(work.resolve(output).resolve("trained.safetensors"))) {
      return List.copyOf(reader.names());
    }
  }

  @Test
  void saysWhichFileOrKindIsMissing() throws IOException {
    assertThat(train(write("later", ", t2i/trained.safetensors", "t2i", drawing()))).isEqualTo(2);
    assertThat(err.toString())
        .contains("t2i/trained.safetensors", "run the training that writes it first");
    assertThat(train(write("odd", "", "painting", drawing()))).isEqualTo(2);
    assertThat(err.toString()).contains("objective.kind is 'painting'", "joint");
    assertThat(train(write("lost", "", "t2i", drawing().replace("tokens.jsonl", "absent.jsonl"))))
        .isEqualTo(2);
    assertThat(err.toString()).contains("data.tokens", "absent.jsonl");
  }
}
