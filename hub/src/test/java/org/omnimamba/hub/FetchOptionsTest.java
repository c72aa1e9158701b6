package org.omnimamba.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.hub.testing.Hashes;
import org.omnimamba.hub.testing.LoopbackHub;
import org.omnimamba.model.checkpoint.Manifest;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.TinyModel;

/** Options as they are given on the command line, to processes of their own. */
class FetchOptionsTest {
  private static final String SOURCE = "hf:some/model";
  private static final String TOKENIZER = OracleFiles.path("tiny-tokenizer.json").toString();
  private static final String CONFIG = OracleFiles.path("omnimamba-tiny.json").toString();

  @TempDir private Path home;
  private LoopbackHub hub;
  private byte[] checkpoint;

  @BeforeEach
  void start() throws IOException {
    hub = new LoopbackHub();
    checkpoint = Files.readAllBytes(OracleFiles.path("omnimamba-tiny.pth"));
    // a checkpoint alone: tokenizer and configuration have to be named
    hub.commit("some/model", Map.of("omnimamba-tiny.pth", checkpoint));
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  /** What a process left behind. */
  private record Run(int status, String out, String err) {}

  private Run fetch(String... arguments) throws Exception {
    Map<String, String> environment =
        Map.of("HF_ENDPOINT", hub.endpoint(), "OMNIMAMBA_HOME", home.toString());
    try (FetchProcess process = FetchProcess.start(environment, arguments)) {
      int status = process.end();
      return new Run(status, process.out(), process.err());
    }
  }

  private Path fetched(String... arguments) throws Exception {
    Run run = fetch(arguments);
    assertThat(run.status).as(run.err).isZero();
    return Path.of(run.out);
  }

  /** A refusal is said without a stack trace, and nothing is printed as a result. */
  private String refused(int status, String... arguments) throws Exception {
    Run run = fetch(arguments);
    assertThat(run.status).as(run.err).isEqualTo(status);
    assertThat(run.out).isEmpty();
    assertThat(run.err).doesNotContain("\tat ");
    return run.err;
  }

  private List<String> kept() throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .filter(
              name -> name.equals("omnimamba-tiny.pth") || name.equals(Hashes.sha256(checkpoint)))
          .toList();
    }
  }

  @Test
  void tokenizerAndConfigurationMayBeFilesHere() throws Exception {
    Path model = fetched(SOURCE, "--tokenizer", TOKENIZER, "--config", CONFIG);
    assertThat(Manifest.read(model)).isEqualTo(Manifest.read(TinyModel.directory()));
    assertThat(hub.seen("cdn")).as("nothing but the checkpoint").hasSize(1);
    assertThat(kept()).as("in the cache").isNotEmpty();
  }

  @Test
  void tokenizerAndConfigurationMayBeOnAHub() throws Exception {
    hub.commit(
        "other/parts",
        Map.of(
            "tokenizer.json",
            Files.readAllBytes(Path.of(TOKENIZER)),
            "sizes.json",
            Files.readAllBytes(Path.of(CONFIG))));
    Path model =
        fetched(
            SOURCE,
            "--tokenizer",
            "hf:other/parts:tokenizer.json",
            "--config",
            "hf:other/parts:sizes.json");
    assertThat(Manifest.read(model)).isEqualTo(Manifest.read(TinyModel.directory()));
  }

  @Test
  void offlineUsesWhatIsThereAndAsksNobody() throws Exception {
    String[] named = {SOURCE, "--tokenizer", TOKENIZER, "--config", CONFIG};
    String[] offline = {SOURCE, "--tokenizer", TOKENIZER, "--config", CONFIG, "--offline"};
    assertThat(refused(1, offline)).contains("is not in the cache").contains("--offline");
    assertThat(hub.seen()).isEmpty();
    Path model = fetched(named);
    hub.forget();
    assertThat(fetched(offline)).isEqualTo(model).isDirectory();
    assertThat(hub.seen()).isEmpty();
  }

  @Test
  void discardedDownloadsAreGoneAndNotMissed() throws Exception {
    String[] arguments = {
      SOURCE, "--tokenizer", TOKENIZER, "--config", CONFIG, "--discard-downloads"
    };
    Path model = fetched(arguments);
    assertThat(Manifest.read(model)).isEqualTo(Manifest.read(TinyModel.directory()));
    assertThat(kept()).isEmpty();
    hub.forget();
    assertThat(fetched(arguments)).isEqualTo(model);
    assertThat(hub.seen("cdn")).as("the model is known without them").isEmpty();
  }

  @Test
  void aFileOfTheWebIsWhatTheHashSaysOrNotKept() throws Exception {
    String address = hub.webFile("omnimamba-tiny.pth", checkpoint).toString();
    String right = Hashes.sha256(checkpoint);
    String wrong = Hashes.sha256(new byte[0]);

    assertThat(refused(2, address, "--no-convert", "--sha256", "abc"))
        .contains("--sha256 must be 64 hexadecimal digits, is abc");
    assertThat(hub.seen()).as("before anything is fetched").isEmpty();

    assertThat(refused(1, address, "--no-convert", "--sha256", wrong)).contains(wrong);
    assertThat(kept()).isEmpty();

    Path file = fetched(address, "--no-convert", "--sha256", right.toUpperCase(Locale.ROOT));
    assertThat(Files.readAllBytes(file)).isEqualTo(checkpoint);
  }
}
