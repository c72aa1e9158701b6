package org.omnimamba.hub.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.hub.FetchException;
import org.omnimamba.hub.FetchListener;
import org.omnimamba.hub.FetchSettings;
import org.omnimamba.hub.download.ContentHash;
import org.omnimamba.hub.download.DiskSpace;
import org.omnimamba.hub.http.Web;
import org.omnimamba.hub.repository.FetchLock;
import org.omnimamba.hub.repository.HubFile;
import org.omnimamba.hub.repository.HubRepository;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.checkpoint.CheckpointConverter;
import org.omnimamba.model.checkpoint.ConversionOptions;
import org.omnimamba.model.checkpoint.Manifest;
import org.omnimamba.model.checkpoint.tensor.Dtype;

/**
 * Gets model directories from elsewhere. One that was made before, of the same files and in the
 * same way, is used again.
 */
public final class ModelFetcher {
  /** The tokenizer of the released models. */
  static final String TOKENIZER = "hf:EleutherAI/gpt-neox-20b:tokenizer.json";

  /** The image tokenizer that the reference begins with; its weights are never trained. */
  static final String IMAGE_TOKENIZER = "hf:peizesun/llamagen_t2i:vq_ds16_t2i.pt";

  /** Goes up when the conversion makes something else of the same files. */
  private static final int CONVERSION = 1;

  private static final int KEY_DIGITS = 16;

  private final FetchSettings settings;
  private final FetchListener listener;
  private final Parts parts;

  public ModelFetcher(FetchSettings settings, FetchListener listener) {
    this.settings = settings;
    this.listener = listener;
    Web web = settings.web();
    this.parts = new Parts(settings, web, listener);
  }

  /**
   * Fetches one file as it is.
   *
   * @param source {@code hf:OWNER/NAME[@REVISION]:FILE} or an address; without FILE the checkpoint
   * @param sha256 of a file of the web; null if nobody said
   * @return where it stands
   * @throws FetchException if it cannot be had
   */
  public Path file(String source, @Nullable String sha256) throws InterruptedException {
    if (Location.parse(source) instanceof Location.OnHub hub && hub.reference().file() == null) {
      HubRepository repository = parts.open(hub.reference());
      return room(parts.onHub(repository, CheckpointChoice.of(repository)), 0).fetch();
    }
    return room(parts.named(source, "", sha256), 0).fetch();
  }

  /**
   * Fetches a model.
   *
   * @return a model directory, which may stand in the cache
   * @throws FetchException if something cannot be had
   * @throws org.omnimamba.model.checkpoint.tensor.CheckpointException if the files are no model
   */
  public Path model(FetchRequest request) throws InterruptedException {
    @Nullable HubRepository repository = null;
    @Nullable HubFile chosen = null;
    Part checkpoint;
    if (Location.parse(request.checkpoint()) instanceof Location.OnHub hub) {
      repository = parts.open(hub.reference());
      String file = hub.reference().file();
      if (file == null && CheckpointChoice.isModelDirectory(repository)) {
        return directory(repository, request);
      }
      chosen = file == null ? CheckpointChoice.of(repository) : repository.file(file);
      checkpoint = parts.onHub(repository, chosen);
    } else {
      checkpoint = parts.named(request.checkpoint(), "", request.sha256());
    }
    Part vq = request.vq() == null ? null : parts.named(request.vq(), vqFile(), null);
    Part tokenizer =
        request.tokenizer() == null
            ? beside(repository, chosen, Checkpoint.TOKENIZER_FILE)
            : parts.named(request.tokenizer(), Checkpoint.TOKENIZER_FILE, null);
    Part config =
        request.config() == null
            ? beside(repository, chosen, stem(checkpoint) + ".json")
            : parts.named(request.config(), Checkpoint.CONFIG_FILE, null);
    Sources sources = new Sources(repository, checkpoint, vq, tokenizer, config);
    Path target = target(request, sources);
    if (!isModel(target)) {
      convert(request, sources, target);
    }
    if (request.discard()) {
      discard(checkpoint);
      discard(vq);
    }
    return target;
  }

  /** What a model is made of; null for what was not named. */
  private record Sources(
      @Nullable HubRepository repository,
      Part checkpoint,
      @Nullable Part vq,
      @Nullable Part tokenizer,
      @Nullable Part config) {}

  private void convert(FetchRequest request, Sources sources, Path target)
      throws InterruptedException {
    Part checkpoint = sources.checkpoint;
    Part vq = sources.vq;
    Part tokenizer = sources.tokenizer;
    Part config = sources.config;
    Path lock = target.resolveSibling("." + target.getFileName() + ".lock");
    try (FetchLock held = FetchLock.on(lock, request.checkpoint(), listener)) {
      if (!isModel(target)) {
        // the lock says that none is running
        CheckpointConverter.removeUnfinished(target);
        long written = written(checkpoint, request.dtype());
        long named = vq == null ? 0 : vq.missingBytes() + written(vq, request.dtype());
        Path local = room(checkpoint, written + named).fetch();
        ConversionOptions options =
            ConversionOptions.defaults()
                .withDtype(request.dtype())
                .withConfig(config == null ? null : config.fetch())
                .withTokenizer(
                    (tokenizer == null ? parts.named(TOKENIZER, "", null) : tokenizer).fetch());
        Part image = vq == null ? missingVq(sources.repository, local) : vq;
        if (image != null) {
          room(image, written + written(image, request.dtype()));
        }
        listener.doing("converting " + checkpoint.fileName());
        CheckpointConverter.convert(
            local, target, options.withVq(image == null ? null : image.fetch()));
        if (request.discard()) {
          discard(image);
        }
      }
    } catch (IOException e) {
      throw new FetchException("cannot write to %s: %s".formatted(target, e.getMessage()), e);
    }
  }

  /** Bytes that a part has after the conversion, if its tensors are in float32 before. */
  private static long written(Part part, Dtype dtype) {
    // int8 takes less, by as much as a part is of the language model
    return dtype == Dtype.F32 ? part.size() : part.size() / 2;
  }

  private static void discard(@Nullable Part part) {
    if (part != null) {
      try {
        part.discard();
      } catch (IOException e) {
        throw new FetchException(
            "cannot delete %s: %s".formatted(part.fileName(), e.getMessage()), e);
      }
    }
  }

  private static String vqFile() {
    return IMAGE_TOKENIZER.substring(IMAGE_TOKENIZER.lastIndexOf(':') + 1);
  }

  /** A checkpoint's own image tokenizer is the one that the reference uses, too. */
  private @Nullable Part missingVq(@Nullable HubRepository repository, Path checkpoint)
      throws InterruptedException {
    if (CheckpointConverter.holdsImageTokenizer(checkpoint)) {
      return null;
    }
    HubFile own = repository == null ? null : CheckpointChoice.imageTokenizer(repository);
    return own == null || repository == null
        ? parts.named(IMAGE_TOKENIZER, "", null)
        : parts.onHub(repository, own);
  }

  private @Nullable Part beside(
      @Nullable HubRepository repository, @Nullable HubFile checkpoint, String fileName) {
    if (repository == null || checkpoint == null) {
      return null;
    }
    HubFile found = repository.find(checkpoint.folder() + fileName);
    return found == null ? null : parts.onHub(repository, found);
  }

  private Part room(Part part, long more) {
    try {
      Files.createDirectories(settings.cache());
    } catch (IOException e) {
      throw new FetchException(
          "cannot make the cache %s: %s".formatted(settings.cache(), e.getMessage()), e);
    }
    long missing = part.missingBytes();
    if (missing + more > 0) {
      DiskSpace.require(
          settings.cache(),
          missing + more,
          more == 0 ? part.fileName() : part.fileName() + " with its conversion");
    }
    return part;
  }

  /** A repository that holds a model directory: its files, as the manifest lists them. */
  private Path directory(HubRepository repository, FetchRequest request)
      throws InterruptedException {
    if (request.dtype() != Dtype.F32 || request.vq() != null || request.tokenizer() != null) {
      throw new FetchException(
          ("%s is a model directory already; types, image tokenizers and tokenizers can be named"
                  + " for checkpoints only")
              .formatted(repository.reference().label()));
    }
    parts.onHub(repository, repository.file(Manifest.FILE)).fetch();
    for (String name : Manifest.read(repository.snapshot()).files().keySet()) {
      room(parts.onHub(repository, repository.file(name)), 0).fetch();
    }
    return repository.snapshot();
  }

  private static boolean isModel(Path directory) {
    return Files.isRegularFile(directory.resolve(Checkpoint.CONFIG_FILE));
  }

  private Path target(FetchRequest request, Sources sources) {
    Part checkpoint = sources.checkpoint;
    String type = request.dtype().name().toLowerCase(Locale.ROOT);
    String made =
        Stream.of(
                String.valueOf(CONVERSION),
                checkpoint.id(),
                id(sources.vq),
                id(sources.tokenizer),
                id(sources.config),
                stem(checkpoint),
                type)
            .reduce((a, b) -> a + "\n" + b)
            .orElseThrow();
    String key = ContentHash.sha256Of(made).hex().substring(0, KEY_DIGITS);
    return settings
        .cache()
        .resolve("converted")
        .resolve("%s-%s-%s".formatted(stem(checkpoint), type, key))
        .toAbsolutePath();
  }

  private static String id(@Nullable Part part) {
    return part == null ? "default" : part.id();
  }

  private static String stem(Part part) {
    String name = part.fileName();
    int length = CheckpointChoice.stem(name).length();
    return length == 0 ? name : name.substring(0, length);
  }
}
