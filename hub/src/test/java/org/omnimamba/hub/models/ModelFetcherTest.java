package org.omnimamba.hub.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.hub.FetchException;
import org.omnimamba.hub.Hubs;
import org.omnimamba.hub.testing.Hashes;
import org.omnimamba.hub.testing.LoopbackHub;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.checkpoint.Manifest;
import org.omnimamba.model.checkpoint.safetensors.WeightsWriter;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.TinyModel;

/** From repositories of the released one's shape to model directories. */
class ModelFetcherTest {
  private static final String VQ = "llm_backbone.vqvae.";

  @TempDir private Path temp;
  private LoopbackHub hub;
  private Hubs hubs;

  @BeforeEach
  void start() throws IOException {
    hub = new LoopbackHub();
    hubs = new Hubs(hub, temp.resolve("cache"));
    hub.commit("EleutherAI/gpt-neox-20b", Map.of("tokenizer.json", oracle("tiny-tokenizer.json")));
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private static byte[] oracle(String name) throws IOException {
    return Files.readAllBytes(OracleFiles.path(name));
  }

  /** A repository as the authors': a checkpoint, and data that is much larger. */
  private static Map<String, byte[]> released() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("README.md", "# OmniMamba".getBytes());
    files.put("omnimamba-tiny.pth", oracle("omnimamba-tiny.pth"));
    files.put("omnimamba-tiny.json", oracle("omnimamba-tiny.json"));
    files.put("pretokenized_coco_train2014.jsonl", Hubs.bytes(100_000, 1));
    return files;
  }

  private Path fetch(FetchRequest request) throws Exception {
    return hubs.fetcher().model(request);
  }

  private static Manifest tiny() {
    return Manifest.read(TinyModel.directory());
  }

  @Test
  void aRepositoryBecomesAModelDirectoryAndTheSecondTimeItIsThere() throws Exception {
    hub.commit("hustvl/OmniMamba", released());
    FetchRequest request = FetchRequest.of("hf:hustvl/OmniMamba");
    Path model = fetch(request);
    assertThat(Manifest.read(model)).isEqualTo(tiny());
    Manifest.read(model).verify(model);
    assertThat(hub.seen("cdn").stream().map(LoopbackHub.Seen::path).distinct())
        .as("checkpoint, description and tokenizer; no data")
        .hasSize(3);

    hub.forget();
    assertThat(fetch(request)).isEqualTo(model);
    assertThat(hub.seen()).as("what main means today, and no more").hasSize(1);
    hub.close();
    assertThat(fetch(request)).isEqualTo(model);
  }

  @Test
  void anotherTypeOrTokenizerIsAnotherDirectory() throws Exception {
    hub.commit("hustvl/OmniMamba", released());
    FetchRequest request = FetchRequest.of("hf:hustvl/OmniMamba").withDiscard(true);
    Path half = fetch(request.withDtype(Dtype.BF16));
    try (Checkpoint checkpoint = Checkpoint.open(half)) {
      assertThat(checkpoint.info("projector.projector.0.weight").dtype()).isEqualTo(Dtype.BF16);
    }
    Path named = fetch(request.withTokenizer(OracleFiles.path("tiny-tokenizer.json").toString()));
    assertThat(named).isNotEqualTo(half).isNotEqualTo(fetch(request));
    assertThat(Manifest.read(named)).isEqualTo(tiny());
    try (Stream<Path> files = Files.walk(temp.resolve("cache"))) {
      assertThat(files.filter(Files::isRegularFile).map(p -> p.getFileName().toString()))
          .as("checkpoints are discarded")
          .doesNotContain(Hashes.sha256(oracle("omnimamba-tiny.pth")));
    }
    hub.forget();
    assertThat(fetch(request)).isDirectory();
    assertThat(hub.seen("cdn")).as("not needed again").isEmpty();
  }

  @Test
  void aCheckpointWithoutItsImageTokenizerGetsTheReferences() throws Exception {
    Map<String, byte[]> files = released();
    files.remove("omnimamba-tiny.pth");
    files.put("omnimamba-tiny.safetensors", tensors("without", name -> !name.startsWith(VQ)));
    byte[] vq = tensors("vq", name -> name.startsWith(VQ));
    hub.commit("hustvl/OmniMamba", files);
    hub.commit("peizesun/llamagen_t2i", Map.of("vq_ds16_t2i.pt", vq));
    FetchRequest request = FetchRequest.of("hf:hustvl/OmniMamba");
    Path model = fetch(request);
    assertThat(Manifest.read(model)).isEqualTo(tiny());

    // one of its own comes first
    hub.commit("peizesun/llamagen_t2i", Map.of());
    files.put("vq_ds16_t2i.pt", vq);
    hub.commit("some/fork", files);
    assertThat(fetch(FetchRequest.of("hf:some/fork"))).isEqualTo(model);
    assertThat(fetch(request.withVq("hf:some/fork"))).isDirectory().isNotEqualTo(model);
  }

  private byte[] tensors(String name, Predicate<String> wanted) throws IOException {
    Path folder = Files.createDirectory(temp.resolve(name));
    try (Checkpoint source = Checkpoint.open(TinyModel.directory())) {
      Map<String, TensorInfo> infos = new LinkedHashMap<>();
      source.names().stream()
          .filter(wanted)
          .forEach(n -> infos.put(n.replaceFirst("^" + VQ, ""), source.info(n)));
      try (WeightsWriter writer = WeightsWriter.create(folder, infos, Long.MAX_VALUE)) {
        for (String tensor : infos.keySet()) {
          String from = source.names().contains(tensor) ? tensor : VQ + tensor;
          java.nio.ByteBuffer bytes =
              java.nio.ByteBuffer.allocate((int) infos.get(tensor).byteSize());
          source.readInto(from, 0, bytes);
          writer.append(tensor, bytes.flip());
        }
        writer.finish();
      }
    }
    return Files.readAllBytes(folder.resolve("model.safetensors"));
  }

  @Test
  void aModelDirectoryNeedsNoConversion() throws Exception {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (Stream<Path> all = Files.list(TinyModel.directory())) {
      for (Path file : all.toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    files.put("README.md", "made with convert".getBytes());
    hub.commit("some/converted", files);
    Path model = fetch(FetchRequest.of("hf:some/converted"));
    try (Checkpoint checkpoint = Checkpoint.openVerified(model)) {
      assertThat(checkpoint.config().name()).isEqualTo("omnimamba-tiny");
    }
    assertThatThrownBy(() -> fetch(FetchRequest.of("hf:some/converted").withDtype(Dtype.BF16)))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("is a model directory already");
  }

  @Test
  void aCheckpointOfTheWebIsConvertedToo() throws Exception {
    String address = hub.webFile("omnimamba-tiny.pth", oracle("omnimamba-tiny.pth")).toString();
    Path model =
        fetch(
            FetchRequest.of(address)
                .withSha256(Hashes.sha256(oracle("omnimamba-tiny.pth")))
                .withConfig(OracleFiles.path("omnimamba-tiny.json").toString()));
    assertThat(Manifest.read(model)).isEqualTo(tiny());
  }

  @Test
  void aDiscardedCheckpointOfTheWebIsNotFetchedAgain() throws Exception {
    String name = "omnimamba-tiny.pth";
    byte[] content = oracle(name);
    FetchRequest request =
        FetchRequest.of(hub.webFile(name, content).toString())
            .withConfig(OracleFiles.path("omnimamba-tiny.json").toString())
            .withDiscard(true);
    Path model = fetch(request.withDiscard(false));
    List<Path> kept = kept(name);
    assertThat(kept).hasSize(1);
    hub.forget();
    assertThat(fetch(request)).isEqualTo(model);
    assertThat(kept(name)).as("discarded, though nothing was converted").isEmpty();
    assertThat(fetch(request)).isEqualTo(model);
    assertThat(hub.seen("cdn"))
        .as("whether it is still the same, twice")
        .hasSize(2)
        .allMatch(s -> "bytes=0-0".equals(s.header("Range")));

    Path half = fetch(request.withDtype(Dtype.BF16));
    assertThat(half).isDirectory().isNotEqualTo(model);
    assertThat(hub.sentBytes()).as("needed for another type").isGreaterThan(content.length);
    assertThat(kept(name)).isEmpty();

    hubs.offline();
    hub.close();
    assertThat(fetch(request)).isEqualTo(model);
    String tokenizer = OracleFiles.path("tiny-tokenizer.json").toString();
    assertThatThrownBy(() -> fetch(request.withTokenizer(tokenizer)))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("is not in the cache");
  }

  private List<Path> kept(String name) throws IOException {
    try (Stream<Path> files = Files.walk(temp.resolve("cache/files"))) {
      return files.filter(p -> p.endsWith(name)).toList();
    }
  }

  @Test
  void severalCheckpointsAreListedUnlessOneIsTheReleased() throws Exception {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("stage1.pth", Hubs.bytes(2000, 1));
    files.put("stage2.pth", Hubs.bytes(2000, 2));
    files.put("optimizer.pt", Hubs.bytes(2000, 3));
    files.put("vq_ds16_t2i.pt", Hubs.bytes(2000, 4));
    hub.commit("some/stages", files);
    assertThatThrownBy(() -> fetch(FetchRequest.of("hf:some/stages")))
        .isInstanceOf(FetchException.class)
        .hasMessage(
            "hf:some/stages holds several checkpoints: stage1.pth, stage2.pth; name one of them,"
                + " as in hf:some/stages:stage1.pth");
    byte[] released = Hubs.bytes(2000, 5);
    files.put("OmniMamba-1.3b.pth", released);
    hub.commit("some/stages", files);
    assertThat(Files.readAllBytes(hubs.fetcher().file("hf:some/stages", null))).isEqualTo(released);
    hub.commit("some/data", Map.of("train.jsonl", Hubs.bytes(2000, 6)));
    assertThatThrownBy(() -> fetch(FetchRequest.of("hf:some/data")))
        .hasMessageContaining("hf:some/data holds no checkpoint");
  }

  @Test
  void whatIsNoCheckpointIsNeitherExecutedNorConverted() throws Exception {
    hub.commit("some/hostile", Map.of("model.pth", "cos\nsystem\n(S'touch x'\ntR.".getBytes()));
    assertThatThrownBy(() -> fetch(FetchRequest.of("hf:some/hostile")))
        .isInstanceOf(CheckpointException.class);
    try (Stream<Path> files = Files.list(temp.resolve("cache/converted"))) {
      assertThat(files.filter(Files::isDirectory)).isEmpty();
    }
  }
}
