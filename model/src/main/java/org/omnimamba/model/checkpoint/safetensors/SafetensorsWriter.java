package org.omnimamba.model.checkpoint.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.PositionalFile;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes one safetensors file front to back. The header is written first, so all names and shapes
 * are given at the start; then each tensor's bytes follow in that order, in pieces of any size.
 */
public final class SafetensorsWriter implements AutoCloseable {
  private static final int ALIGNMENT = 8;

  private final Path path;
  private final FileChannel channel;
  private final Iterator<Map.Entry<String, TensorInfo>> remaining;
  private @Nullable String current;
  private long missingBytes;

  private SafetensorsWriter(Path path, FileChannel channel, Map<String, TensorInfo> tensors) {
    this.path = path;
    this.channel = channel;
    this.remaining = tensors.entrySet().iterator();
    advance();
  }

  /**
   * Creates the file and writes its header.
   *
   * @param path a file that does not exist yet
   * @param tensors what will be written, in this order
   * @param metadata free text for the header
   * @throws CheckpointException if the file cannot be written
   */
  public static SafetensorsWriter create(
      Path path, Map<String, TensorInfo> tensors, Map<String, String> metadata) {
    Map<String, TensorInfo> ordered = new LinkedHashMap<>(tensors);
    byte[] header = header(ordered, metadata);
    try {
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try {
        ByteBuffer start =
            ByteBuffer.allocate(SafetensorsHeader.LENGTH_BYTES + header.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .flip();
        writeFully(channel, start);
        return new SafetensorsWriter(path, channel, ordered);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  private static byte[] header(Map<String, TensorInfo> tensors, Map<String, String> metadata) {
    JsonMapper mapper = JsonMapper.shared();
    ObjectNode root = mapper.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode node = root.putObject(SafetensorsHeader.METADATA);
      metadata.forEach(node::put);
    }
    long offset = 0;
    for (Map.Entry<String, TensorInfo> tensor : tensors.entrySet()) {
      TensorInfo info = tensor.getValue();
      ObjectNode node = root.putObject(tensor.getKey());
      node.put(SafetensorsHeader.DTYPE, info.dtype().name());
      ArrayNode shape = node.putArray(SafetensorsHeader.SHAPE);
      for (long size : info.shape().asArray()) {
        shape.add(size);
      }
      long end = Math.addExact(offset, info.byteSize());
      node.putArray(SafetensorsHeader.OFFSETS).add(offset).add(end);
      offset = end;
    }
    StringBuilder text = new StringBuilder(root.toString());
    int bytes = text.toString().getBytes(StandardCharsets.UTF_8).length;
    // spaces up to a multiple of eight keep the tensors aligned in a mapped file
    text.append(" ".repeat(Math.floorMod(-bytes, ALIGNMENT)));
    byte[] header = text.toString().getBytes(StandardCharsets.UTF_8);
    if (header.length > SafetensorsHeader.MAX_HEADER_BYTES) {
      throw new CheckpointException(
          "the header takes %d bytes, allowed are %d"
              .formatted(header.length, SafetensorsHeader.MAX_HEADER_BYTES));
    }
    return header;
  }

  /**
   * Appends bytes (little-endian, row-major) to a tensor.
   *
   * @throws IllegalStateException if it is not this tensor's turn, or if it would grow too long
   * @throws CheckpointException if the file cannot be written
   */
  public void append(String name, ByteBuffer bytes) {
    if (!name.equals(current) || bytes.remaining() > missingBytes) {
      throw new IllegalStateException(
          "%d bytes for %s, but %d for %s are due"
              .formatted(bytes.remaining(), name, missingBytes, current));
    }
    missingBytes -= bytes.remaining();
    try {
      writeFully(channel, bytes);
    } catch (IOException e) {
      throw failed(path, e);
    }
    if (missingBytes == 0) {
      advance();
    }
  }

  /** Moves on to the next tensor that has bytes. */
  private void advance() {
    current = null;
    while (missingBytes == 0 && remaining.hasNext()) {
      Map.Entry<String, TensorInfo> next = remaining.next();
      current = next.getKey();
      missingBytes = next.getValue().byteSize();
    }
    if (missingBytes == 0) {
      current = null;
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static CheckpointException failed(Path path, IOException e) {
    return new CheckpointException(
        "cannot write %s: %s".formatted(path, PositionalFile.reason(e)), e);
  }

  /**
   * Forces the file to the disk and closes it.
   *
   * @throws IllegalStateException if tensors are missing; the file is then not usable
   * @throws CheckpointException if the file cannot be written
   */
  @Override
  public void close() {
    try (channel) {
      if (current == null) {
        channel.force(true);
      }
    } catch (IOException e) {
      throw failed(path, e);
    }
    if (current != null) {
      throw new IllegalStateException(
          "%s was closed while %d bytes of %s were missing".formatted(path, missingBytes, current));
    }
  }
}
