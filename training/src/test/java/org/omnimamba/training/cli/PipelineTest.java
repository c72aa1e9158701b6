package org.omnimamba.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.config.ConfigWriter;
import org.omnimamba.model.config.GenerationDefaults;
import org.omnimamba.training.data.ImageTokens;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureSet;
import org.omnimamba.training.emoji.TinyPackages;
import org.omnimamba.training.testing.TinyParts;
import picocli.CommandLine;

/** The commands one after the other, on the files that the ones before have left. */
class PipelineTest {
  private static final String COMMON =
      """
      model: config.json
      output: %s
      run: {steps: 4, compile: %s, seed: 3, log_every: 1, accumulate: %d}
      optimizer: {learning_rate: 2.0e-3, warmup_steps: 2}
      """;
  private static final String VQ =
      """
      objective: {kind: vq, quantized_from: 1}
      data: {folder: data, batch_size: 4}
      """;
  private static final String T2I =
      """
      objective: {kind: t2i, lora_dropout: 0.05}
      data: {tokens: data/files/captions-image-tokens.jsonl, tokenizer: tokenizer.json, batch_size: 4}
      """;
  private static final String MMU =
      """
      objective: {kind: mmu, lora_dropout: 0.05}
      data:
        captions: data/files/captions.jsonl
        images: data/files
        tokenizer: tokenizer.json
        batch_size: 2
        length: 40
      """;

  @TempDir private static Path work;
  private static String said = "";

  @BeforeAll
  static void prepareAndTokenize() throws IOException {
    new TinyPackages(work.resolve("downloads"));
    ConfigWriter.write(work.resolve("config.json"), TinyParts.config());
    run(
        new PrepareCommand(),
        "--out=" + work.resolve("data"),
        "--tokenizer=" + work.resolve("tokenizer.json"),
        "--downloads=" + work.resolve("downloads"),
        "--size=" + TinyParts.SIZE,
        // what the model's special tokens stand behind
        "--vocabulary=310",
        "--files");
    train("vq", false, 1, VQ);
    tokenize("--data=" + work.resolve("data"));
    tokenize("--captions=" + work.resolve("data/files/captions.jsonl"));
  }

  private static void tokenize(String what) {
    run(
        new TokenizeCommand(),
        what,
        "--config=" + work.resolve("config.json"),
        work.resolve("vq/trained.safetensors").toString());
  }

  /** Runs a command, which must succeed, and gives what it printed. */
  private static String run(Callable<Integer> command, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(command)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments);
    said = err.toString();
    assertThat(code).as(said).isZero();
    return out.toString();
  }

  private static void train(
      String output, boolean compile, int accumulate, String task, String... more) {
    try {
      Path file =
          Files.writeString(
              work.resolve(output + ".yaml"), COMMON.formatted(output, compile, accumulate) + task);
      List<String> arguments =
          new ArrayList<>(List.of("--config=" + file, "--set", "work=" + work));
      arguments.addAll(Arrays.asList(more));
      run(new TrainCommand(), arguments.toArray(String[]::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void picturesAndImageFilesGiveTheSameTokens() {
    List<ImageTokens> pictures = tokens("data/image-tokens-train.jsonl");
    List<ImageTokens> files = tokens("data/files/captions-image-tokens.jsonl");
    assertThat(pictures)
        .hasSize(PictureSet.read(work.resolve("data"), Picture.Split.TRAIN).count())
        .hasSameSizeAs(files);
    for (int i = 0; i < pictures.size(); i++) {
      assertThat(files.get(i).imageIds()).isEqualTo(pictures.get(i).imageIds());
    }
    assertThat(tokens("data/image-tokens-heldout.jsonl")).hasSize(1);
  }

  private static List<ImageTokens> tokens(String file) {
    return ImageTokens.read(work.resolve(file), 16, 32);
  }

  @Test
  void compiledDrawingResumesToTheBit() throws IOException {
    resumes("t2i", true, 1, T2I);
  }

  @Test
  void understandingInMicroBatchesResumesToTheBit() throws IOException {
    resumes("mmu", false, 2, MMU);
  }

  private static void resumes(String kind, boolean compile, int accumulate, String task)
      throws IOException {
    String stopped = kind + "-stopped";
    train(kind, compile, accumulate, task);
    train(stopped, compile, accumulate, task, "--set", "run.steps=2");
    train(stopped, compile, accumulate, task);
    assertThat(said).contains("goes on at step 2 of 4");
    assertThat(Files.readAllBytes(work.resolve(stopped).resolve("trained.safetensors")))
        .isEqualTo(Files.readAllBytes(work.resolve(kind).resolve("trained.safetensors")));
  }

  @Test
  void partsAreScoredAndBecomeAModelThatIsMeasuredAtItsOwnTemperature() throws IOException {
    Path generation =
        Files.writeString(
            work.resolve(GenerationDefaults.FILE), "{\"t2i\": {\"temperature\": 0.25}}");
    String vq = work.resolve("vq/trained.safetensors").toString();
    String config = "--config=" + work.resolve("config.json");
    String tokenizer = "--tokenizer=" + work.resolve("tokenizer.json");
    String data = "--data=" + work.resolve("data");

    String scores = run(new ScoreCommand(), config, data, tokenizer, "--limit=8", vq);
    assertThat(scores.lines())
        .hasSize(2)
        .allMatch(line -> line.matches("(train|heldout) \\d+\\.\\d+ \\d\\.\\d+ \\d+\\.\\d+"));
    // nothing but the image tokenizer is trained: 32 codes are about equally probable
    double loss = Double.parseDouble(scores.split(" ", -1)[1]);
    assertThat(loss).isBetween(0.5 * Math.log(32), 2 * Math.log(32));

    Path model = work.resolve("model");
    run(
        new ExportCommand(),
        config,
        tokenizer,
        "--generation=" + generation,
        "--untrained",
        "--out=" + model,
        vq);
    try (Checkpoint checkpoint = Checkpoint.openVerified(model)) {
      assertThat(checkpoint.generation().imageTemperature()).isEqualTo(0.25f);
    }

    Path out = work.resolve("evaluation");
    String table =
        run(new EvaluateCommand(), "--model=" + model, data, "--limit=2", "--out=" + out);
    assertThat(out.resolve("evaluation.md")).hasContent(table);
    assertThat(table).contains("temperature 0.25", "MMU, exact name", "top-5 by features");
    assertThat(out.resolve("contact-sheet.png")).exists();
  }
}
