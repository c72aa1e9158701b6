package org.omnimamba.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.hub.testing.Hashes;
import org.omnimamba.hub.testing.LoopbackHub;

/** Files from a hub and its content delivery network, over real connections that fail. */
class DownloadTest {
  private static final String FILE = "hf:some/model:weights.pth";
  private static final byte[] CONTENT = Hubs.bytes(1_000_000, 1);

  @TempDir private Path cache;
  private LoopbackHub hub;
  private Hubs hubs;

  @BeforeEach
  void start() throws IOException {
    hub = new LoopbackHub();
    hub.commit("some/model", Map.of("weights.pth", CONTENT, "notes.txt", "small".getBytes()));
    hubs = new Hubs(hub, cache);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private byte[] fetch(String source) throws Exception {
    return Files.readAllBytes(hubs.fetcher().file(source, null));
  }

  @Test
  void aLargeFileComesInPiecesAndTheTokenStaysWithTheHub() throws Exception {
    hubs.with("HF_TOKEN", "hf_secret");
    Path file = hubs.fetcher().file(FILE, null);
    assertThat(Files.readAllBytes(file)).isEqualTo(CONTENT);
    assertThat(file.getFileName()).hasToString("weights.pth");
    assertThat(file.toRealPath().getFileName()).hasToString(Hashes.sha256(CONTENT));
    assertThat(hub.seen("hub")).allMatch(s -> "Bearer hf_secret".equals(s.header("Authorization")));
    assertThat(hub.seen("cdn"))
        .as("a million bytes in pieces of 65,536")
        .hasSize(16)
        .allMatch(s -> s.header("Authorization") == null)
        .allMatch(s -> Objects.requireNonNull(s.header("Range")).startsWith("bytes="));
    assertThat(hub.seen()).noneMatch(s -> String.valueOf(s.header("Referer")).contains("hf_"));
    assertThat(files("blobs")).containsExactly(Hashes.sha256(CONTENT));
  }

  @Test
  void aSmallFileIsCheckedByGitsHash() throws Exception {
    assertThat(fetch("hf:some/model:notes.txt")).asString().isEqualTo("small");
    assertThat(files("blobs")).containsExactly(Hashes.git("small".getBytes()));
  }

  @Test
  void anEmptyFileIsAFile() throws Exception {
    hub.commit("some/empty", Map.of("nothing", new byte[0]));
    assertThat(fetch("hf:some/empty:nothing")).isEmpty();
  }

  @Test
  void cutConnectionsGoOnWhereTheyWere() throws Exception {
    hub.misbehave(
        (exchange, content, number) -> {
          exchange.getResponseHeaders().add("ETag", "\"same\"");
          hub.send(exchange, content, number % 2 == 1 ? 20_000 : Integer.MAX_VALUE);
          return true;
        });
    assertThat(fetch(FILE)).isEqualTo(CONTENT);
    assertThat(hub.sentBytes()).as("little came twice").isLessThan(CONTENT.length + 100_000);
    assertThat(hubs.pauses()).isNotEmpty().containsOnly(Duration.ofSeconds(1));
  }

  @Test
  void aConnectionThatFallsSilentIsGivenUp() throws Exception {
    hubs.silentAfter(Duration.ofSeconds(2)).connections(1);
    CountDownLatch end = new CountDownLatch(1);
    hub.misbehave(
        (exchange, content, number) -> {
          exchange.getResponseHeaders().add("ETag", "\"same\"");
          if (number == 1) {
            // half of the piece, and then nothing
            exchange.getResponseHeaders().add("Content-Range", "bytes 0-65535/1000000");
            exchange.sendResponseHeaders(206, 65_536);
            exchange.getResponseBody().write(content, 0, 32_768);
            exchange.getResponseBody().flush();
            end.await();
          } else {
            hub.send(exchange, content);
          }
          return true;
        });
    try {
      assertThat(fetch(FILE)).isEqualTo(CONTENT);
    } finally {
      end.countDown();
    }
  }

  @Test
  void aBusyServerIsAskedAgainWhenItSays() throws Exception {
    hubs.connections(1);
    hub.misbehave(
        (exchange, content, number) -> {
          if (number == 1) {
            exchange.getResponseHeaders().add("Retry-After", "7");
            LoopbackHub.refuse(exchange, 429, null);
          } else if (number == 2 || number == 3) {
            LoopbackHub.refuse(exchange, 503, null);
          }
          return number <= 3;
        });
    assertThat(fetch(FILE)).isEqualTo(CONTENT);
    assertThat(hubs.pauses())
        .containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(2), Duration.ofSeconds(4));
  }

  @Test
  void aServerThatNeverAnswersIsGivenUpInWords() {
    hubs.connections(1);
    hub.misbehave(
        (exchange, content, number) -> {
          LoopbackHub.refuse(exchange, 502, null);
          return true;
        });
    assertThatThrownBy(() -> fetch(FILE))
        .isInstanceOf(UnreachableException.class)
        .hasMessage(
            "127.0.0.1 answers 502, 8 times; run the same command later: what is here already is"
                + " kept");
    assertThat(hubs.pauses()).hasSize(7).contains(Duration.ofSeconds(30));
  }

  @Test
  void aPauseOfHoursIsLeftToThePerson() {
    hub.misbehave(
        (exchange, content, number) -> {
          exchange.getResponseHeaders().add("Retry-After", "7200");
          LoopbackHub.refuse(exchange, 429, null);
          return true;
        });
    assertThatThrownBy(() -> fetch(FILE)).hasMessageContaining("asks to wait for 120 minutes");
  }

  @Test
  void aServerWithoutRangesIsReadFromTheBeginning() throws Exception {
    hub.ignoreRanges();
    hub.misbehave(
        (exchange, content, number) -> {
          exchange.getResponseHeaders().add("ETag", "\"same\"");
          boolean whole = exchange.getRequestHeaders().getFirst("Range") == null;
          // the first answer that is read is cut
          hub.send(
              exchange, content, whole && cuts.getAndIncrement() == 0 ? 400_000 : content.length);
          return true;
        });
    assertThat(fetch(FILE)).isEqualTo(CONTENT);
  }

  private final AtomicInteger cuts = new AtomicInteger();

  @Test
  void aFileThatChangesMeanwhileBeginsAnew() throws Exception {
    byte[] before = Hubs.bytes(300_000, 2);
    byte[] after = Hubs.bytes(300_000, 3);
    URI address = hub.webFile("data.jsonl", before);
    hubs.connections(1);
    hub.misbehave(
        (exchange, content, number) -> {
          exchange.getResponseHeaders().add("ETag", number <= 3 ? "\"old\"" : "\"new\"");
          hub.send(exchange, number <= 3 ? before : after);
          return true;
        });
    assertThat(fetch(address.toString())).isEqualTo(after);
    assertThat(hubs.notices()).anyMatch(n -> n.contains("has changed"));
  }

  @Test
  void aFileThatNeverStaysTheSameIsGivenUp() {
    hubs.connections(1);
    hub.misbehave(
        (exchange, content, number) -> {
          exchange.getResponseHeaders().add("ETag", "\"" + number + "\"");
          hub.send(exchange, content);
          return true;
        });
    assertThatThrownBy(() -> fetch(FILE)).hasMessageContaining("changes while it is fetched");
  }

  @Test
  void aWrongHashLeavesNothing() {
    byte[] wrong = CONTENT.clone();
    wrong[500_000]++;
    hub.misbehave(
        (exchange, content, number) -> {
          hub.send(exchange, wrong);
          return true;
        });
    assertThatThrownBy(() -> fetch(FILE))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("weights.pth came with a wrong SHA-256")
        .hasMessageContaining(Hashes.sha256(CONTENT))
        .hasMessageContaining("was deleted");
    assertThat(files("blobs")).isEmpty();
  }

  @Test
  void whatAnEarlierRunDamagedIsFetchedAgain() throws Exception {
    hubs.connections(1);
    hub.misbehave(
        (exchange, content, number) -> {
          if (number > 4) {
            LoopbackHub.refuse(exchange, 403, null);
            return true;
          }
          return false;
        });
    assertThatThrownBy(() -> fetch(FILE)).isInstanceOf(FetchException.class);
    Path partial = blob(Hashes.sha256(CONTENT) + ".partial");
    byte[] damaged = Files.readAllBytes(partial);
    damaged[100]++;
    Files.write(partial, damaged);
    hub.misbehave((exchange, content, number) -> false);
    assertThat(fetch(FILE)).isEqualTo(CONTENT);
    assertThat(hubs.notices())
        .containsExactly("weights.pth is damaged, and fetched again from its beginning");
  }

  @Test
  void aDiskThatFillsUpIsSaid() throws Exception {
    // a device whose writes fail as on a full disk
    Path partial = blob(Hashes.sha256(CONTENT) + ".partial");
    Files.createDirectories(partial.getParent());
    Files.createSymbolicLink(partial, Path.of("/dev/full"));
    assertThatThrownBy(() -> fetch(FILE))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("the disk with " + partial.getParent() + " is full")
        .hasMessageContaining("OMNIMAMBA_HOME");
    assertThat(hubs.pauses()).as("no other try can help").isEmpty();
  }

  @Test
  void aDiskThatIsTooSmallIsSaidBeforeAnythingIsFetched() {
    hub.listInstead(
        """
        [{"type": "file", "path": "weights.pth", "size": 134, "oid": "%s",
          "lfs": {"oid": "%s", "size": 4000000000000000, "pointerSize": 134}}]
        """
            .formatted("a".repeat(40), "b".repeat(64)));
    assertThatThrownBy(() -> fetch(FILE))
        .hasMessageContaining("weights.pth needs 4000.00 TB in " + cache)
        .hasMessageContaining("are free");
    assertThat(hub.seen("cdn")).isEmpty();
  }

  @Test
  void aFileOfTheWebIsKeptUntilItChanges() throws Exception {
    byte[] content = Hubs.bytes(200_000, 4);
    String address = hub.webFile("captions.json", content).toString();
    Path first = hubs.fetcher().file(address, Hashes.sha256(content));
    assertThat(first.getFileName()).hasToString("captions.json");
    long sent = hub.sentBytes();
    assertThat(fetch(address)).isEqualTo(content);
    assertThat(hub.sentBytes()).as("a look at its head").isLessThanOrEqualTo(sent + 1);
    assertThatThrownBy(() -> hubs.fetcher().file(address, "0".repeat(64)))
        .hasMessageContaining("captions.json came with a wrong SHA-256");
    byte[] changed = Hubs.bytes(200_000, 5);
    hub.webFile("captions.json", changed);
    assertThat(fetch(address)).isEqualTo(changed);
  }

  @Test
  void aFileOfTheWebThatBecameShorterIsNotTheOldOnesRest() throws Exception {
    byte[] longer = Hubs.bytes(300_000, 6);
    byte[] shorter = Hubs.bytes(200_000, 7);
    String address = hub.webFile("captions.json", longer).toString();
    hubs.connections(1);
    hub.misbehave(
        (exchange, content, number) -> {
          if (number > 5) {
            LoopbackHub.refuse(exchange, 403, null);
            return true;
          }
          return false;
        });
    assertThatThrownBy(() -> fetch(address)).hasMessageContaining("is refused with 403");
    hub.webFile("captions.json", shorter);
    hub.misbehave((exchange, content, number) -> false);
    assertThat(fetch(address)).isEqualTo(shorter);
  }

  @Test
  void withoutAnETagAFileOfTheWebBeginsAnew() throws Exception {
    byte[] before = Hubs.bytes(300_000, 8);
    byte[] after = Hubs.bytes(300_000, 9);
    String address = hub.webFile("captions.json", before).toString();
    hubs.connections(1);
    hub.misbehave(
        (exchange, content, number) -> {
          if (number > 4) {
            LoopbackHub.refuse(exchange, 403, null);
          } else {
            hub.send(exchange, before);
          }
          return true;
        });
    assertThatThrownBy(() -> fetch(address)).isInstanceOf(FetchException.class);
    hub.misbehave(
        (exchange, content, number) -> {
          hub.send(exchange, after);
          return true;
        });
    assertThat(fetch(address)).isEqualTo(after);
  }

  @Test
  void anAddressThatIsNotThereIsSaid() {
    String address = hub.webFile("there", CONTENT) + "-not";
    assertThatThrownBy(() -> fetch(address))
        .hasMessage("there is no " + address + "; check the address");
    assertThatThrownBy(() -> fetch("http://192.0.2.1/weights.pth"))
        .hasMessageContaining("without TLS");
    assertThatThrownBy(() -> fetch("https://exa mple/x")).hasMessageContaining("is no address");
  }

  @Test
  void redirectsInACircleEnd() {
    hub.misbehave(
        (exchange, content, number) -> {
          exchange.getResponseHeaders().add("Location", exchange.getRequestURI().toString());
          exchange.sendResponseHeaders(302, -1);
          return true;
        });
    assertThatThrownBy(() -> fetch(FILE)).hasMessageContaining("redirects in a circle");
  }

  @Test
  void redirectsToOtherKindsOfAddressesAreNotFollowed() {
    hub.misbehave(
        (exchange, content, number) -> {
          exchange.getResponseHeaders().add("Location", "file:///etc/passwd");
          exchange.sendResponseHeaders(302, -1);
          return true;
        });
    assertThatThrownBy(() -> fetch(FILE)).hasMessageContaining("file:///etc/passwd, which is not");
  }

  private Path blob(String name) {
    return cache.resolve("models--some--model/blobs").resolve(name);
  }

  private Stream<String> files(String folder) {
    try (Stream<Path> files = Files.list(cache.resolve("models--some--model").resolve(folder))) {
      return files.map(f -> f.getFileName().toString()).toList().stream();
    } catch (IOException e) {
      return Stream.empty();
    }
  }
}
