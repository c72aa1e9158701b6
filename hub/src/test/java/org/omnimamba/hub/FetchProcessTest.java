package org.omnimamba.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.hub.testing.LoopbackHub;
import org.omnimamba.model.testing.TinyModel;

/** Processes that are killed, and that want the same at once. */
class FetchProcessTest {
  private static final String SOURCE = "hf:some/model:data.bin";

  /** More than two of the pieces that files are cut into, and some. */
  private static final byte[] CONTENT = Hubs.bytes(150_000_000, 1);

  @TempDir private Path home;

  private FetchProcess fetch(LoopbackHub hub, String... more) throws Exception {
    String[] arguments = java.util.Arrays.copyOf(more, more.length + 1);
    arguments[more.length] = SOURCE;
    return FetchProcess.start(environment(hub), arguments);
  }

  private Map<String, String> environment(LoopbackHub hub) {
    return Map.of("HF_ENDPOINT", hub.endpoint(), "OMNIMAMBA_HOME", home.toString());
  }

  @Test
  void whatAKilledProcessHadIsNotFetchedAgain() throws Exception {
    try (LoopbackHub hub = new LoopbackHub()) {
      hub.commit("some/model", Map.of("data.bin", CONTENT));
      CountDownLatch second = new CountDownLatch(1);
      CountDownLatch end = new CountDownLatch(1);
      hub.misbehave(
          (exchange, content, number) -> {
            if (number == 2) {
              // one piece is there; this one never comes
              second.countDown();
              end.await();
              return true;
            }
            return false;
          });
      try (FetchProcess killed = fetch(hub, "--connections", "1", "--no-convert")) {
        second.await();
        killed.kill();
      }
      end.countDown();
      hub.misbehave((exchange, content, number) -> false);
      hub.forget();
      try (FetchProcess next = fetch(hub, "--no-convert")) {
        assertThat(next.end()).as(next.err()).isZero();
        assertThat(hub.sentBytes())
            .as("but the first piece")
            .isEqualTo(CONTENT.length - (64 << 20));
        assertThat(Files.readAllBytes(Path.of(next.out()))).isEqualTo(CONTENT);
        assertThat(next.out())
            .startsWith(home.resolve("hub/models--some--model/snapshots").toString());
        assertThat(next.err().lines().count()).as(next.err()).isLessThan(20);
        assertThat(next.err()).contains("data.bin 44 % of 150.00 MB", "100 %").doesNotContain("\r");
      }
    }
  }

  @Test
  void theLinkLeadsToTheModelAlsoFromAFolderBehindALink() throws Exception {
    try (LoopbackHub hub = new LoopbackHub()) {
      Map<String, byte[]> files = new LinkedHashMap<>();
      try (Stream<Path> all = Files.list(TinyModel.directory())) {
        for (Path file : all.toList()) {
          files.put(file.getFileName().toString(), Files.readAllBytes(file));
        }
      }
      hub.commit("some/converted", files);
      Path elsewhere = Files.createDirectories(home.resolve("a/b/c"));
      Path folder = Files.createSymbolicLink(home.resolve("models"), elsewhere);
      Path link = folder.resolve("current");
      Files.createSymbolicLink(link, Path.of("older"));
      try (FetchProcess fetch =
          FetchProcess.start(environment(hub), "hf:some/converted", "--link", link.toString())) {
        assertThat(fetch.end()).as(fetch.err()).isZero();
        assertThat(Files.readSymbolicLink(link)).as("valid wherever the volume is").isRelative();
        assertThat(Files.isSameFile(link, Path.of(fetch.out()))).isTrue();
      }
    }
  }

  @Test
  void twoProcessesAtOnceFetchOnce() throws Exception {
    try (LoopbackHub hub = new LoopbackHub()) {
      hub.commit("some/model", Map.of("data.bin", CONTENT));
      CountDownLatch waiting = new CountDownLatch(1);
      hub.misbehave(
          (exchange, content, number) -> {
            waiting.await();
            return false;
          });
      try (FetchProcess one = fetch(hub, "--no-convert");
          FetchProcess other = fetch(hub, "--no-convert")) {
        while (one.isAlive()
            && other.isAlive()
            && !(one.err() + other.err()).contains("waiting for another process")) {
          Thread.yield();
        }
        waiting.countDown();
        assertThat(one.end()).as(one.err()).isZero();
        assertThat(other.end()).as(other.err()).isZero();
        assertThat(other.out()).isEqualTo(one.out());
        assertThat(Files.readAllBytes(Path.of(one.out()))).isEqualTo(CONTENT);
      }
      assertThat(hub.sentBytes()).isLessThan(2L * CONTENT.length);
    }
  }

  @Test
  void whatGoesWrongIsOneLineAndAnExitCode() throws Exception {
    try (LoopbackHub hub = new LoopbackHub()) {
      try (FetchProcess missing = fetch(hub)) {
        assertThat(missing.end()).isEqualTo(1);
        assertThat(missing.out()).isEmpty();
        assertThat(missing.err())
            .contains("omnimamba: there is no hf:some/model, or it is private")
            .doesNotContain("\tat ");
      }
      try (FetchProcess wrong = fetch(hub, "--connections", "99")) {
        assertThat(wrong.end()).isEqualTo(2);
        assertThat(wrong.err()).contains("--connections must be 1 to 32").doesNotContain("\tat ");
      }
      hub.forget();
      Path link = home.resolve("link");
      try (FetchProcess plain =
          FetchProcess.start(
              environment(hub), "hf:some/model:notes.txt", "--link", link.toString())) {
        assertThat(plain.end()).isEqualTo(2);
        assertThat(plain.err())
            .contains("--link is for model directories")
            .contains("hf:some/model:notes.txt")
            .doesNotContain("\tat ");
      }
      assertThat(hub.seen()).as("before anything is fetched").isEmpty();
      assertThat(link).doesNotExist();
    }
  }
}
