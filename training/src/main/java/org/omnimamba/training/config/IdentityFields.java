package org.omnimamba.training.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureSet;
import tools.jackson.databind.JsonNode;

/**
 * Makes a {@link RunIdentity} of a configuration: all of its fields but those that say where files
 * are, how long it runs, and on what. A field that names a file stands for what is in the file.
 */
final class IdentityFields {
  private static final Set<String> MAY_CHANGE =
      Set.of(
          "work",
          "output",
          "run.steps",
          "run.max_minutes",
          "run.checkpoint_minutes",
          "run.log_every",
          "run.device",
          "run.devices",
          "run.recompute",
          "run.compile");

  private final Path work;
  private final Map<String, String> fields = new TreeMap<>();

  private IdentityFields(Path work) {
    this.work = work;
  }

  static RunIdentity of(JsonNode root, Path model, Path work) {
    IdentityFields identity = new IdentityFields(work);
    identity.add("", root);
    identity.fields.put("model", identity.file(model.toString()));
    return new RunIdentity(identity.fields);
  }

  private void add(String name, JsonNode node) {
    if (MAY_CHANGE.contains(name) || node.isNull()) {
      return;
    }
    if (node.isObject()) {
      String prefix = name.isEmpty() ? "" : name + ".";
      node.propertyStream().forEach(field -> add(prefix + field.getKey(), field.getValue()));
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        add("%s[%d]".formatted(name, i), node.get(i));
      }
    } else {
      fields.put(name, value(name, node));
    }
  }

  private String value(String name, JsonNode node) {
    if (node.isNumber()) {
      return node.decimalValue().stripTrailingZeros().toPlainString();
    }
    boolean mayBePath = name.startsWith("parts") || name.startsWith("data.");
    return mayBePath && node.isString() ? file(node.stringValue()) : node.asString();
  }

  /** The fingerprint of what a path leads to; the text itself where it leads nowhere. */
  private String file(String text) {
    try {
      Path path = work.resolve(text);
      List<Path> files = Files.isDirectory(path) ? inFolder(path) : List.of(path);
      return !files.isEmpty() && files.stream().allMatch(Files::isRegularFile)
          ? "%s with %s".formatted(path.getFileName(), Fingerprint.of(files))
          : text;
    } catch (InvalidPathException e) {
      return text;
    }
  }

  /** Pictures or sprites that were prepared, or a model's weights; none of a folder of images. */
  private static List<Path> inFolder(Path folder) {
    Path sprites = folder.resolve("sprites-" + Picture.Split.TRAIN.label() + ".bin");
    if (Files.exists(sprites)) {
      return List.of(sprites);
    }
    if (Files.exists(folder.resolve(PictureSet.LIST))) {
      return List.of(
          folder.resolve(PictureSet.LIST),
          folder.resolve(PictureSet.pixelFile(Picture.Split.TRAIN)));
    }
    if (!Files.exists(folder.resolve("config.json"))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder, e);
    }
  }
}
