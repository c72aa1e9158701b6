package org.omnimamba.hub.models;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.omnimamba.hub.FetchException;
import org.omnimamba.hub.repository.HubFile;
import org.omnimamba.hub.repository.HubRepository;

/** Which files of a repository are what. */
final class CheckpointChoice {
  /** What the authors' scripts load. */
  private static final String RELEASED = "OmniMamba-1.3b.pth";

  private static final String INDEX = ".safetensors.index.json";
  private static final Pattern SHARD = Pattern.compile(".*-\\d{5}-of-\\d{5}\\.safetensors");
  private static final Pattern IMAGE_TOKENIZER = Pattern.compile("(.*[^a-z])?vq([^a-z].*)?");

  /** What trainers leave beside weights. */
  private static final Set<String> NO_WEIGHTS =
      Set.of("optimizer", "scheduler", "training_args", "rng_state", "scaler", "random_states_0");

  private CheckpointChoice() {}

  /** Whether the repository holds a model directory of ours, which needs no conversion. */
  static boolean isModelDirectory(HubRepository repository) {
    return repository.find("manifest.json") != null
        && repository.find("config.json") != null
        && repository.find("tokenizer.json") != null
        && (repository.find("model.safetensors") != null
            || repository.find("model" + INDEX) != null);
  }

  /**
   * The checkpoint, where none is named.
   *
   * @throws FetchException if there is none, or there are several
   */
  static HubFile of(HubRepository repository) {
    boolean indexed = repository.files().stream().anyMatch(f -> f.path().endsWith(INDEX));
    List<HubFile> candidates =
        repository.files().stream()
            .filter(f -> Location.isCheckpoint(f.path()))
            .filter(f -> !indexed || !SHARD.matcher(f.path()).matches())
            .filter(f -> !isImageTokenizer(f))
            .filter(f -> !NO_WEIGHTS.contains(stem(f.fileName())))
            .toList();
    String label = repository.reference().label();
    if (candidates.isEmpty()) {
      throw new FetchException(
          "%s holds no checkpoint (%s); check the name"
              .formatted(
                  label,
                  Location.CHECKPOINT_ENDINGS.stream().sorted().collect(Collectors.joining(", "))));
    }
    if (candidates.size() == 1) {
      return candidates.get(0);
    }
    for (HubFile candidate : candidates) {
      if (candidate.path().equals(RELEASED)) {
        return candidate;
      }
    }
    List<HubFile> atTheRoot = candidates.stream().filter(f -> f.folder().isEmpty()).toList();
    if (atTheRoot.size() == 1) {
      return atTheRoot.get(0);
    }
    throw new FetchException(
        "%s holds several checkpoints: %s; name one of them, as in %s:%s"
            .formatted(
                label,
                candidates.stream().map(HubFile::path).limit(20).collect(Collectors.joining(", ")),
                label,
                candidates.get(0).path()));
  }

  /** The image tokenizer's own weights, if the repository holds one such file. */
  static @Nullable HubFile imageTokenizer(HubRepository repository) {
    List<HubFile> found =
        repository.files().stream()
            .filter(f -> Location.isCheckpoint(f.path()) && isImageTokenizer(f))
            .toList();
    return found.size() == 1 ? found.get(0) : null;
  }

  private static boolean isImageTokenizer(HubFile file) {
    return IMAGE_TOKENIZER.matcher(stem(file.fileName())).matches();
  }

  /** The file and, of an index, those that it lists. */
  static List<HubFile> withShards(HubRepository repository, HubFile file) {
    if (!file.path().endsWith(INDEX)) {
      return List.of(file);
    }
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of(file),
            repository.files().stream()
                .filter(f -> f.folder().equals(file.folder()))
                .filter(f -> SHARD.matcher(f.path()).matches()))
        .toList();
  }

  /** A name without its ending, in lower case. */
  static String stem(String fileName) {
    String lower = fileName.toLowerCase(Locale.ROOT);
    for (String ending : Location.CHECKPOINT_ENDINGS.stream().sorted().toList()) {
      if (lower.endsWith(ending)) {
        return lower.substring(0, lower.length() - ending.length());
      }
    }
    return lower;
  }
}
