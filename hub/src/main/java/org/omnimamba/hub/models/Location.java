package org.omnimamba.hub.models;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.omnimamba.hub.FetchException;
import org.omnimamba.hub.repository.HubReference;

/** Where something is: on a hub, in the web, or here. */
public sealed interface Location {

  /** In a repository of the hub. */
  record OnHub(HubReference reference) implements Location {}

  /** In the web. */
  record InWeb(URI address) implements Location {}

  /** On this machine. */
  record Here(Path path) implements Location {}

  /** Endings of files that hold tensors. */
  Set<String> CHECKPOINT_ENDINGS =
      Set.of(".pth", ".pt", ".bin", ".ckpt", ".safetensors", ".safetensors.index.json");

  /**
   * Tells them apart.
   *
   * @param text {@code hf:...}, an http or https address, or a path
   * @throws FetchException if it is none of these
   */
  static Location parse(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.startsWith(HubReference.PREFIX)) {
      return new OnHub(HubReference.parse(text));
    }
    if (lower.startsWith("https:") || lower.startsWith("http:")) {
      try {
        return new InWeb(URI.create(text));
      } catch (IllegalArgumentException e) {
        throw new FetchException(
            "'%s' is no address (blanks and the like are written %%20)".formatted(text), e);
      }
    }
    try {
      return new Here(Path.of(text));
    } catch (java.nio.file.InvalidPathException e) {
      throw new FetchException("'%s' is no path".formatted(text), e);
    }
  }

  /** Whether a text names something that is to be fetched. */
  static boolean isRemote(String text) {
    return !(parse(text) instanceof Here);
  }

  /** Whether a text names something that holds a checkpoint, as far as names tell. */
  static boolean namesModel(String text) {
    Location location = parse(text);
    if (location instanceof OnHub hub) {
      String file = hub.reference().file();
      return file == null || isCheckpoint(file);
    }
    return location instanceof InWeb web
        && web.address().getPath() != null
        && isCheckpoint(web.address().getPath());
  }

  /** Whether a file of this name may hold a checkpoint. */
  static boolean isCheckpoint(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return CHECKPOINT_ENDINGS.stream().anyMatch(lower::endsWith);
  }
}
