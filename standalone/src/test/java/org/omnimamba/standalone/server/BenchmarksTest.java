package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.standalone.OmniMambaHome;
import org.omnimamba.standalone.cli.CommandRun;
import tools.jackson.databind.JsonNode;

/**
 * The shipped model on pictures that it knows, written in POPE's and GQA's formats: in this process
 * and through the API it gives the same answers. Its training had no instruction for short answers,
 * so none is given.
 */
class BenchmarksTest {
  private static final Path MODEL = Path.of("..", "models", "omnimamba-emoji");
  private static final Path FIXTURES = Path.of("..", "model", "src", "test", "resources", "images");

  /** Drawn by the model itself. */
  private static final List<String> DRAWN = List.of("red heart", "cactus", "penguin");

  @TempDir static Path folder;

  /** What the pictures show, by file. */
  private static final Map<String, String> pictures = new LinkedHashMap<>();

  @BeforeAll
  static void writeTheBenchmarks() throws Exception {
    Path images = Files.createDirectories(folder.resolve("data").resolve("images"));
    for (String name : DRAWN) {
      String file = name.replace(' ', '-') + ".jpg";
      CommandRun run = new CommandRun();
      int code =
          run.execute(
              "image",
              name + ", twemoji style",
              "-o",
              images.resolve(file).toString(),
              "--model",
              MODEL.toString(),
              "--seed",
              "1");
      assertThat(code).as(run.err()).isZero();
      pictures.put(file, name);
    }
    Files.copy(FIXTURES.resolve("alpha_red_apple.png"), images.resolve("red-apple.png"));
    pictures.put("red-apple.png", "red apple");
    pope();
    gqa();
  }

  @AfterAll
  static void forget() {
    pictures.clear();
  }

  /** Of each picture, what it shows and what another one shows. */
  private static void pope() throws IOException {
    List<String> lines = new ArrayList<>();
    List<String> names = List.copyOf(pictures.values());
    int at = 0;
    for (Map.Entry<String, String> each : pictures.entrySet()) {
      String other = names.get(++at % names.size());
      lines.add(line(lines.size(), each.getKey(), each.getValue(), "yes"));
      lines.add(line(lines.size(), each.getKey(), other, "no"));
    }
    Files.write(folder.resolve("data").resolve("coco_pope_random.json"), lines);
  }

  private static String line(int id, String image, String name, String label) {
    return GatewayClient.JSON
        .createObjectNode()
        .put("question_id", id)
        .put("image", image)
        .put("text", "is it a " + name + "?")
        .put("label", label)
        .toString();
  }

  private static void gqa() throws IOException {
    var questions = GatewayClient.JSON.createObjectNode();
    pictures.forEach(
        (file, name) ->
            questions
                .putObject("20" + questions.size())
                .put("imageId", file.substring(0, file.lastIndexOf('.')))
                .put("question", "what is this?")
                .put("answer", name)
                .putObject("types")
                .put("structural", "query"));
    Files.writeString(
        folder.resolve("data").resolve("testdev_balanced_questions.json"), questions.toString());
  }

  private static JsonNode benchmark(String name, String out, String... where) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "benchmark",
                name,
                "--data",
                folder.resolve("data").toString(),
                "--out",
                folder.resolve(out).toString(),
                "--instruction",
                "",
                "--json"));
    arguments.addAll(List.of(where));
    CommandRun run = new CommandRun();
    assertThat(run.execute(arguments.toArray(String[]::new))).as(run.err()).isZero();
    assertThat(folder.resolve(out).resolve("report.html")).isNotEmptyFile();
    return GatewayClient.JSON.readTree(run.out());
  }

  @Test
  void theModelScoresTheSameHereAndThroughTheApi() throws Exception {
    JsonNode pope = benchmark("pope", "pope", "--model", MODEL.toString(), "--batch", "4");
    assertThat(pope.path("answered").asInt()).isEqualTo(2 * pictures.size());
    // Yes to every question makes 66.7, and this small model says little else.
    assertThat(pope.path("value").asDouble()).as("F1").isGreaterThan(60);
    JsonNode gqa = benchmark("gqa", "gqa", "--model", MODEL.toString(), "--batch", "4");
    assertThat(gqa.path("answered").asInt()).isEqualTo(pictures.size());
    assertThat(gqa.path("value").asDouble()).as("accuracy").isGreaterThanOrEqualTo(50);

    try (Platform platform =
        Platform.start(
            OmniMambaHome.at(folder.resolve("home")),
            new StandaloneOptions(MODEL, 0, "127.0.0.1", Map.of()))) {
      Readiness.await(platform.inferenceReadinessUrl());
      String[] there = {"--url", platform.url(), "--key", platform.keys().apiKey()};
      assertThat(benchmark("pope", "pope-api", there).path("scores"))
          .isEqualTo(pope.path("scores"));
      assertThat(benchmark("gqa", "gqa-api", there).path("scores")).isEqualTo(gqa.path("scores"));
    }
    assertThat(Files.readAllLines(folder.resolve("gqa-api").resolve("scored.jsonl")))
        .isEqualTo(Files.readAllLines(folder.resolve("gqa").resolve("scored.jsonl")));
  }

  @Test
  void drawnPicturesAreComparedWithRealOnesAndNotDrawnTwice() throws Exception {
    Path captions =
        Files.writeString(
            folder.resolve("captions.txt"), "red heart, noto style\n\ncactus, noto style\n");
    Path out = folder.resolve("distance");
    String first = distance(captions, out);
    assertThat(first)
        .contains("towers' distance")
        .contains("2 drawn, 4 real, towers of omnimamba-emoji")
        .contains("with 1e-6 on the diagonals")
        .doesNotContain("FID");
    JsonNode report = GatewayClient.JSON.readTree(out.resolve("report.json").toFile());
    assertThat(report.path("value").asDouble()).isPositive();
    Path drawn = out.resolve("drawn").resolve("000000.png");
    FileTime before = Files.getLastModifiedTime(drawn);
    Files.delete(out.resolve("drawn").resolve("000001.png"));
    assertThat(distance(captions, out)).isEqualTo(first);
    assertThat(Files.getLastModifiedTime(drawn)).isEqualTo(before);
    assertThat(
            failing(
                1,
                "benchmark",
                "fid",
                "--captions",
                captions.toString(),
                "--images",
                folder.toString(),
                "--weights",
                folder.resolve("none.pth").toString()))
        .contains("there is no file");
  }

  private static String distance(Path captions, Path out) {
    CommandRun run = new CommandRun();
    int code =
        run.execute(
            "benchmark",
            "towers-distance",
            "--captions",
            captions.toString(),
            "--images",
            folder.resolve("data").resolve("images").toString(),
            "--out",
            out.toString(),
            "--model",
            MODEL.toString(),
            "--batch",
            "2");
    assertThat(code).as(run.err()).isZero();
    return run.out();
  }

  @Test
  void wrongUsageAndUnusableDataAreSaidInOneLine() {
    assertThat(failing(2, "benchmark", "bingo", "--data", "x")).contains("no benchmark bingo");
    assertThat(failing(2, "benchmark", "pope", "--data", "x", "--scorer", "exact"))
        .contains("pope has no scorer exact, but llava, lmms-eval");
    assertThat(failing(2, "benchmark", "pope")).contains("--data");
    assertThat(
            failing(
                1,
                "benchmark",
                "mme",
                "--data",
                folder.resolve("data").toString(),
                "--out",
                folder.resolve("mme").toString(),
                "--model",
                MODEL.toString()))
        .contains("there is neither a folder of MME");
    assertThat(
            failing(
                1, "benchmark", "pope", "--data", "x", "--url", "http://127.0.0.1:1", "--key", "k"))
        .contains("127.0.0.1:1");
  }

  private static String failing(int code, String... arguments) {
    CommandRun run = new CommandRun();
    assertThat(run.execute(arguments)).as(run.err()).isEqualTo(code);
    return run.err();
  }
}
