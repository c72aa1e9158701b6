package org.omnimamba.model.checkpoint.safetensors;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Int8Source;
import org.omnimamba.model.checkpoint.tensor.PositionalFile;
import org.omnimamba.model.checkpoint.tensor.StrictJson;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import tools.jackson.databind.JsonNode;

/** Opens safetensors files: a single one, or shards through their index. */
public final class Safetensors {
  /** The file of a model in one piece. */
  public static final String SINGLE_FILE = "model.safetensors";

  /** The list of shards of a model in several pieces. */
  public static final String INDEX_FILE = "model.safetensors.index.json";

  private static final String INDEX_SUFFIX = ".index.json";
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");
  private static final int MAX_SHARDS = 1024;

  private Safetensors() {}

  /**
   * Opens a file, an index ({@code *.index.json}), or the model in a directory.
   *
   * @throws CheckpointException if it is missing or refused; the message says why
   */
  public static SafetensorsReader open(Path path) {
    if (Files.isDirectory(path)) {
      return openDirectory(path);
    }
    if (path.toString().endsWith(INDEX_SUFFIX)) {
      return openIndex(path);
    }
    return SafetensorsReader.of(List.of(PositionalFile.open(path)));
  }

  /**
   * {@link #open}, where matrices in int8 appear as their values in float32.
   *
   * @throws CheckpointException if it is missing or refused, or if a matrix in int8 lacks its
   *     scales; the message says why
   */
  public static TensorSource openValues(Path path) {
    SafetensorsReader file = open(path);
    try {
      return new Int8Source(file, path.toString());
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static SafetensorsReader openDirectory(Path directory) {
    Path single = directory.resolve(SINGLE_FILE);
    Path index = directory.resolve(INDEX_FILE);
    boolean hasIndex = Files.exists(index);
    if (Files.exists(single) && hasIndex) {
      throw new CheckpointException(
          "%s holds %s and %s; one of them must go".formatted(directory, SINGLE_FILE, INDEX_FILE));
    }
    return open(hasIndex ? index : single);
  }

  private static SafetensorsReader openIndex(Path index) {
    Map<String, String> shardOf = readIndex(index);
    Set<String> shards = new TreeSet<>(shardOf.values());
    if (shards.size() > MAX_SHARDS) {
      throw new CheckpointException(
          "%s names %d shards, allowed are %d".formatted(index, shards.size(), MAX_SHARDS));
    }
    List<PositionalFile> files = new ArrayList<>();
    try {
      for (String shard : shards) {
        files.add(PositionalFile.open(index.resolveSibling(shard)));
      }
    } catch (CheckpointException e) {
      files.forEach(PositionalFile::close);
      throw e;
    }
    SafetensorsReader reader = SafetensorsReader.of(files);
    try {
      checkAgainstIndex(index, shardOf, reader);
      return reader;
    } catch (CheckpointException e) {
      reader.close();
      throw e;
    }
  }

  private static void checkAgainstIndex(
      Path index, Map<String, String> shardOf, SafetensorsReader reader) {
    Map<String, String> wrong = new TreeMap<>();
    Map<String, String> actual = new HashMap<>(reader.shardNames());
    shardOf.forEach(
        (name, shard) -> {
          if (!shard.equals(actual.remove(name))) {
            wrong.put(name, "is not in " + shard);
          }
        });
    actual.forEach((name, shard) -> wrong.putIfAbsent(name, "is in " + shard + " only"));
    if (!wrong.isEmpty()) {
      throw new CheckpointException("%s does not fit its shards: %s".formatted(index, wrong));
    }
  }

  private static Map<String, String> readIndex(Path index) {
    JsonNode map = StrictJson.read(index, SafetensorsHeader.MAX_HEADER_BYTES).path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw new CheckpointException("%s has no weight_map".formatted(index));
    }
    Map<String, String> shardOf = new TreeMap<>();
    for (Map.Entry<String, JsonNode> property : map.properties()) {
      String shard = property.getValue().asString("");
      // a plain name, so that an index cannot point outside its directory
      if (!PLAIN_NAME.matcher(shard).matches()) {
        throw new CheckpointException(
            "%s: '%s' is not a file name".formatted(index, property.getValue()));
      }
      shardOf.put(property.getKey(), shard);
    }
    return shardOf;
  }
}
