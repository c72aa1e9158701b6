package org.omnimamba.model.checkpoint.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a model's tensors into a directory: as {@code model.safetensors}, or as several shards and
 * their index when they are larger than one file should be. Front to back, like {@link
 * SafetensorsWriter}.
 */
public final class WeightsWriter implements AutoCloseable {
  private final Path directory;
  private final List<Map<String, TensorInfo>> shards;
  private final Iterator<Map<String, TensorInfo>> remaining;
  private int opened;
  private @Nullable SafetensorsWriter current;
  private Map<String, TensorInfo> currentTensors = Map.of();

  private WeightsWriter(Path directory, List<Map<String, TensorInfo>> shards) {
    this.directory = directory;
    this.shards = shards;
    this.remaining = shards.iterator();
  }

  /**
   * @param tensors what will be written, in this order
   * @param maxShardBytes size of a file that only a single tensor may exceed
   */
  public static WeightsWriter create(
      Path directory, Map<String, TensorInfo> tensors, long maxShardBytes) {
    List<Map<String, TensorInfo>> shards = new ArrayList<>();
    long bytes = Long.MAX_VALUE;
    for (Map.Entry<String, TensorInfo> tensor : tensors.entrySet()) {
      long size = tensor.getValue().byteSize();
      if (shards.isEmpty() || bytes + size > maxShardBytes) {
        shards.add(new LinkedHashMap<>());
        bytes = 0;
      }
      shards.get(shards.size() - 1).put(tensor.getKey(), tensor.getValue());
      bytes += size;
    }
    return new WeightsWriter(directory, shards);
  }

  /** Appends bytes to a tensor; see {@link SafetensorsWriter#append}. */
  public void append(String name, ByteBuffer bytes) {
    if (!currentTensors.containsKey(name)) {
      openNext();
    }
    if (current == null) {
      throw new IllegalStateException("no tensor is due, but %s was given".formatted(name));
    }
    current.append(name, bytes);
  }

  private void openNext() {
    close();
    if (remaining.hasNext()) {
      currentTensors = remaining.next();
      opened++;
      current =
          SafetensorsWriter.create(
              directory.resolve(fileName(opened)), currentTensors, Map.of("format", "pt"));
    }
  }

  private String fileName(int shard) {
    return shards.size() == 1
        ? Safetensors.SINGLE_FILE
        : "model-%05d-of-%05d.safetensors".formatted(shard, shards.size());
  }

  /**
   * Ends the last file and writes the index.
   *
   * @throws IllegalStateException if tensors are missing
   */
  public void finish() throws IOException {
    while (remaining.hasNext()) {
      // a shard of empty tensors is never appended to
      openNext();
    }
    close();
    if (shards.size() > 1) {
      Files.writeString(directory.resolve(Safetensors.INDEX_FILE), index().toPrettyString() + "\n");
    }
  }

  private ObjectNode index() {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    long total =
        shards.stream()
            .flatMap(shard -> shard.values().stream())
            .mapToLong(TensorInfo::byteSize)
            .sum();
    root.putObject("metadata").put("total_size", total);
    ObjectNode map = root.putObject("weight_map");
    for (int i = 0; i < shards.size(); i++) {
      for (String name : shards.get(i).keySet()) {
        map.put(name, fileName(i + 1));
      }
    }
    return root;
  }

  @Override
  public void close() {
    if (current != null) {
      SafetensorsWriter writer = current;
      current = null;
      currentTensors = Map.of();
      writer.close();
    }
  }
}
