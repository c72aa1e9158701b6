package org.omnimamba.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.PositionalFile;
import org.omnimamba.model.checkpoint.tensor.StrictJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Length and SHA-256 of every file of a model directory, in {@code manifest.json}.
 *
 * @param files by file name
 */
public record Manifest(Map<String, Entry> files) {
  public static final String FILE = "manifest.json";

  private static final int MAX_BYTES = 1 << 20;
  private static final int BUFFER_BYTES = 1 << 20;

  public Manifest {
    files = Collections.unmodifiableMap(new TreeMap<>(files));
  }

  /**
   * One file.
   *
   * @param sha256 in lower-case hexadecimal
   */
  public record Entry(long bytes, String sha256) {}

  /** Measures every file of a directory, the manifest itself excepted. */
  static Manifest of(Path directory) throws IOException {
    Map<String, Entry> files = new TreeMap<>();
    try (Stream<Path> children = Files.list(directory)) {
      for (Path file : children.toList()) {
        String name = String.valueOf(file.getFileName());
        if (!name.equals(FILE)) {
          files.put(name, measure(file));
        }
      }
    }
    return new Manifest(files);
  }

  /**
   * Reads a directory's manifest.
   *
   * @throws CheckpointException if it is missing or damaged
   */
  public static Manifest read(Path directory) {
    Path file = directory.resolve(FILE);
    JsonNode node = StrictJson.read(file, MAX_BYTES).path("files");
    Map<String, Entry> files = new TreeMap<>();
    for (Map.Entry<String, JsonNode> property : node.properties()) {
      JsonNode bytes = property.getValue().path("bytes");
      JsonNode sha256 = property.getValue().path("sha256");
      if (!bytes.canConvertToLong() || !bytes.isIntegralNumber() || !sha256.isString()) {
        throw new CheckpointException(
            "%s: %s needs bytes and sha256".formatted(file, property.getKey()));
      }
      files.put(property.getKey(), new Entry(bytes.longValue(), sha256.stringValue()));
    }
    if (files.isEmpty()) {
      throw new CheckpointException("%s lists no files".formatted(file));
    }
    return new Manifest(files);
  }

  void write(Path directory) throws IOException {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    ObjectNode list = root.putObject("files");
    files.forEach(
        (name, entry) ->
            list.putObject(name).put("bytes", entry.bytes()).put("sha256", entry.sha256()));
    Files.writeString(directory.resolve(FILE), root.toPrettyString() + "\n");
  }

  /**
   * Compares the files of a directory with this manifest. Reads all of them.
   *
   * @throws CheckpointException if a file is missing, differs or is not listed; the message names
   *     every such file
   */
  public void verify(Path directory) {
    List<String> problems = new ArrayList<>();
    try {
      Manifest actual = of(directory);
      files.forEach(
          (name, entry) -> {
            Entry found = actual.files.get(name);
            if (found == null) {
              problems.add(name + " is missing");
            } else if (!found.equals(entry)) {
              problems.add(
                  "%s has %d bytes and SHA-256 %s, listed are %d and %s"
                      .formatted(name, found.bytes, found.sha256, entry.bytes, entry.sha256));
            }
          });
      actual.files.keySet().stream()
          .filter(name -> !files.containsKey(name))
          .forEach(name -> problems.add(name + " is not listed"));
    } catch (IOException e) {
      throw new CheckpointException(
          "cannot read %s: %s".formatted(directory, PositionalFile.reason(e)), e);
    }
    if (!problems.isEmpty()) {
      throw new CheckpointException(
          "%s does not match its %s: %s".formatted(directory, FILE, String.join("; ", problems)));
    }
  }

  private static Entry measure(Path path) {
    MessageDigest digest = sha256();
    try (PositionalFile file = PositionalFile.open(path)) {
      ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER_BYTES, file.size()));
      for (long at = 0; at < file.size(); at += buffer.limit()) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), file.size() - at));
        file.read(at, buffer);
        digest.update(buffer.flip());
      }
      return new Entry(file.size(), HexFormat.of().formatHex(digest.digest()));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
