package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.standalone.OmniMambaHome;

/** The commands with curl in the documents do what they say, run by bash as they stand there. */
class DocumentedCommandsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern BLOCK = Pattern.compile("(?s)\n```[a-z]*\n(.*?)\n```\n");
  private static final Pattern ADDRESS = Pattern.compile("http://(127\\.0\\.0\\.1|localhost):8080");

  @TempDir static Path folder;
  private static Platform platform;

  @BeforeAll
  static void start() throws Exception {
    platform =
        Platform.start(
            OmniMambaHome.at(folder.resolve(".omnimamba")),
            new StandaloneOptions(TinyModel.directory(), 0, "127.0.0.1", Map.of()));
    Readiness.await(platform.inferenceReadinessUrl());
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  @Test
  void theReadmeDrawsLooksAndSubmits() throws Exception {
    List<String> blocks = blocksWithCurl("README.md");
    assertThat(blocks).hasSize(1);
    Path work = Files.createDirectory(folder.resolve("readme"));
    List<String> lines = run(work, blocks.get(0)).lines().toList();
    assertPicture(work.resolve("apple.png"));
    assertThat(lines).hasSizeGreaterThanOrEqualTo(2);
    assertThat(lines.get(0)).as("what the model sees").isNotEqualTo("null");
    assertThat(GatewayClient.JSON.readTree(lines.get(lines.size() - 1)).path("id").asString())
        .as("the job")
        .isNotEmpty();
  }

  @Test
  void theApiDocumentDrawsAndChooses() throws Exception {
    List<String> blocks = blocksWithCurl("docs/api.md");
    assertThat(blocks).hasSize(2);
    Path draws = Files.createDirectory(folder.resolve("api-draws"));
    run(draws, blocks.get(0));
    assertPicture(draws.resolve("apple.png"));
    Path chooses = Files.createDirectory(folder.resolve("api-chooses"));
    assertThat(run(chooses, blocks.get(1)).strip()).isIn("red", "blue");
  }

  private static List<String> blocksWithCurl(String document) throws Exception {
    return BLOCK
        .matcher(Files.readString(ROOT.resolve(document)))
        .results()
        .map((MatchResult block) -> block.group(1))
        .filter(block -> block.contains("curl "))
        .toList();
  }

  /** Runs commands in a folder, with the platform of this test at the documented address. */
  private static String run(Path work, String commands) throws Exception {
    Path output = work.resolve("output");
    Path errors = work.resolve("errors");
    ProcessBuilder builder =
        new ProcessBuilder(
                "bash",
                "-euo",
                "pipefail",
                "-c",
                ADDRESS.matcher(commands).replaceAll(platform.url()))
            .directory(work.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("OMNIMAMBA_API_KEY", platform.keys().apiKey());
    Process process = builder.start();
    boolean ended = process.waitFor(2, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly();
    }
    String text = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(ended).as("it ended in time").isTrue();
    assertThat(process.exitValue()).as(text + Files.readString(errors)).isZero();
    return text;
  }

  private static void assertPicture(Path file) throws Exception {
    assertThat(ImageIO.read(new ByteArrayInputStream(Files.readAllBytes(file))))
        .as(file.toString())
        .isNotNull();
  }
}
