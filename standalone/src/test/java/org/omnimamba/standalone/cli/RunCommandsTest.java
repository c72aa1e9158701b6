package org.omnimamba.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.image.ImageDecoder;
import org.omnimamba.model.image.ImageLimits;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.TinyModel;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code image} and {@code chat} with the oracle's tiny model. */
class RunCommandsTest {
  private final CommandRun run = new CommandRun();
  private final String model = TinyModel.directory().toString();

  @TempDir private Path directory;

  @Test
  void imageDrawsTheReferencesTokensIntoAFile() throws IOException {
    JsonNode golden = Golden.json("generate-tiny").path("t2i").get(0);
    String output = directory.resolve("bed.png").toString();
    String caption = golden.path("captions").get(0).stringValue();
    int code =
        run.execute(
            "image", caption, "-o", output, "--model", model, "--temperature", "0", "--json");
    assertThat(code).as(run.err()).isZero();
    JsonNode json = onlyJson();
    assertThat(json.path("tokens")).isEqualTo(golden.path("generated").get(0));
    assertThat(json.path("image").stringValue()).isEqualTo(output);
    assertThat(json.path("seed").isIntegralNumber()).isTrue();
    assertThat(json.path("timings").path("decode_ms").doubleValue()).isPositive();
    RgbImage image =
        new ImageDecoder(ImageLimits.DEFAULT).decode(Files.readAllBytes(Path.of(output)));
    assertThat(image.width()).isEqualTo(json.path("width").intValue()).isEqualTo(64);
    assertThat(filesIn(directory)).containsExactly("bed.png");
  }

  @Test
  void theSeedDecidesThePicture() {
    String output = directory.resolve("a.jpg").toString();
    String[] drawn = {
      "image", "a red apple", "-o", output, "--model", model, "--seed", "7", "--json"
    };
    assertThat(run.execute(drawn)).as(run.err()).isZero();
    JsonNode first = onlyJson();
    CommandRun again = new CommandRun();
    assertThat(again.execute(drawn)).isZero();
    JsonNode second = JsonMapper.shared().readTree(again.out());
    assertThat(second.path("tokens")).isEqualTo(first.path("tokens"));
    assertThat(first.path("seed").longValue()).isEqualTo(7);
  }

  @Test
  void chatAnswersTheReferencesTextAboutAPhoto() {
    JsonNode golden = Golden.json("full-mmu-tiny").path("runs").get(0);
    int code =
        run.execute(
            "chat",
            "--image",
            OracleFiles.path(golden.path("photo").stringValue()).toString(),
            golden.path("question").stringValue(),
            "--model",
            model,
            "--max-tokens",
            "40",
            "--json");
    assertThat(code).as(run.err()).isZero();
    JsonNode json = onlyJson();
    assertThat(json.path("tokens")).isEqualTo(golden.path("generated"));
    assertThat(json.path("text").stringValue() + "<|endoftext|>")
        .isEqualTo(golden.path("decoded_new_tokens").stringValue());
    assertThat(json.path("finish_reason").stringValue()).isEqualTo("stop");
  }

  @Test
  void chatWithoutJsonPrintsTheTextAlone() {
    JsonNode golden = Golden.json("full-mmu-tiny").path("runs").get(2);
    int code =
        run.execute(
            "chat",
            "--image=" + OracleFiles.path(golden.path("photo").stringValue()),
            golden.path("question").stringValue(),
            "--model=" + model,
            "--stop=EE",
            "--compile");
    assertThat(code).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo(": dog dog dogbebebebebe\\" + System.lineSeparator());
    assertThat(run.err()).contains("loading").contains("tokens/s");
  }

  @Test
  void wrongUsageExitsWith2BeforeAnythingIsLoaded() {
    String output = directory.resolve("a.png").toString();
    for (List<String> arguments :
        List.of(
            List.of("image", "x"),
            List.of("image", "-o", output),
            List.of("image", "", "-o", output),
            List.of("image", "x", "-o", directory.resolve("a.bmp").toString()),
            List.of("image", "x", "-o", output, "--temperature", "-1"),
            List.of("image", "x", "-o", output, "--temperature", "warm"),
            List.of("image", "x", "-o", output, "--top-p", "2"),
            List.of("image", "x", "-o", output, "--seed", "1.5"),
            List.of("chat"),
            List.of("chat", " "),
            List.of("chat", "what?", "--max-tokens", "0"),
            List.of("chat", "what?", "--stop", ""),
            List.of("chat", "what?", "more"))) {
      CommandRun attempt = new CommandRun();
      assertThat(attempt.execute(arguments.toArray(String[]::new)))
          .as(String.join(" ", arguments))
          .isEqualTo(2);
      assertOneClearError(attempt);
    }
  }

  @Test
  void failuresExitWith1AndSayWhy() throws IOException {
    Path text = Files.writeString(directory.resolve("notes.png"), "not an image");
    Path broken = Files.createDirectory(directory.resolve("broken"));
    Files.writeString(broken.resolve("config.json"), "{");
    String output = directory.resolve("a.png").toString();
    assertFailure("there is no file", "chat", "--image", directory + "/none.png", "what?");
    assertFailure("notes.png", "chat", "--image", text.toString(), "what?");
    assertFailure("no model directory", "chat", "what?", "--model", directory + "/none");
    assertFailure("config.json", "chat", "what?", "--model", broken.toString());
    assertFailure("cannot write", "image", "x", "-o", directory + "/none/a.png");
    assertFailure("68", "image", "word ".repeat(100), "-o", output, "--model", model);
    assertThat(filesIn(directory)).containsExactlyInAnyOrder("notes.png", "broken");
  }

  @Test
  void aLongCaptionIsCutOnRequestAndReported() {
    String output = directory.resolve("a.png").toString();
    int code =
        run.execute(
            "image", "word ".repeat(100), "-o", output, "--model", model, "--truncate", "--json");
    assertThat(code).as(run.err()).isZero();
    JsonNode truncated = onlyJson().path("truncated");
    assertThat(truncated.path("kept_tokens").intValue()).isEqualTo(68);
    assertThat(truncated.path("prompt_tokens").intValue()).isGreaterThan(68);
    assertThat(run.err()).contains("was cut");
  }

  private static void assertFailure(String reason, String... arguments) {
    CommandRun attempt = new CommandRun();
    assertThat(attempt.execute(arguments)).as(attempt.err()).isEqualTo(1);
    assertThat(attempt.err()).contains(reason);
    assertOneClearError(attempt);
  }

  private static void assertOneClearError(CommandRun attempt) {
    assertThat(attempt.out()).isEmpty();
    assertThat(attempt.err()).contains("omnimamba: ").doesNotContain("\tat ");
  }

  /** Standard output is one JSON object and nothing else. */
  private JsonNode onlyJson() {
    assertThat(run.out().strip().lines()).hasSize(1);
    JsonNode json = JsonMapper.shared().readTree(run.out());
    assertThat(json.isObject()).isTrue();
    return json;
  }

  private static List<String> filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }
}
