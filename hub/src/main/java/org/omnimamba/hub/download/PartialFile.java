package org.omnimamba.hub.download;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file that is not whole yet, and how far each of its pieces is. One process has it open at a
 * time; its threads share it.
 */
final class PartialFile implements AutoCloseable {
  private static final int MOST_STATE_BYTES = 1 << 20;

  private final Path file;
  private final Path state;
  private final long size;
  private final long pieceBytes;
  private final long noteBytes;
  private final FileChannel channel;
  private final long[] done;
  private @Nullable String validator;
  private long unnoted;

  private PartialFile(Path file, long size, TransferSettings settings) throws IOException {
    this.file = file;
    this.state = stateOf(file);
    this.size = size;
    this.pieceBytes = settings.pieceBytes();
    this.noteBytes = settings.noteBytes();
    this.done = new long[(int) Math.max(1, (size + pieceBytes - 1) / pieceBytes)];
    if (Files.exists(file)) {
      read();
    }
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    cut();
  }

  /** What stood here before may have been longer. */
  private void cut() throws IOException {
    if (channel.size() > size) {
      channel.truncate(size);
    }
  }

  /** Opens what an earlier run left, or begins. */
  static PartialFile open(Path file, long size, TransferSettings settings) throws IOException {
    return new PartialFile(file, size, settings);
  }

  private static Path stateOf(Path file) {
    return file.resolveSibling(file.getFileName() + ".json");
  }

  /** Removes what is left of it. */
  static void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
    Files.deleteIfExists(stateOf(file));
  }

  /** Takes the notes beside the file if they are about this file. */
  private void read() {
    try {
      if (Files.size(state) > MOST_STATE_BYTES) {
        return;
      }
      JsonNode node = JsonMapper.shared().readTree(Files.readString(state));
      JsonNode pieces = node.path("done");
      if (node.path("size").asLong(-1) != size
          || node.path("piece").asLong(-1) != pieceBytes
          || pieces.size() != done.length) {
        return;
      }
      long[] read = new long[done.length];
      for (int i = 0; i < read.length; i++) {
        read[i] = pieces.get(i).asLong(-1);
        if (read[i] < 0 || read[i] > length(i)) {
          return;
        }
      }
      System.arraycopy(read, 0, done, 0, read.length);
      validator = node.path("validator").asString(null);
    } catch (IOException | JacksonException e) {
      // it begins anew
    }
  }

  int pieces() {
    return done.length;
  }

  /** Where a piece begins in the file. */
  long start(int piece) {
    return piece * pieceBytes;
  }

  long length(int piece) {
    return Math.min(pieceBytes, size - start(piece));
  }

  synchronized long done(int piece) {
    return done[piece];
  }

  synchronized boolean isDone(int piece) {
    return done[piece] >= length(piece);
  }

  /** Bytes that are here. */
  synchronized long total() {
    return Arrays.stream(done).sum();
  }

  synchronized @Nullable String validator() {
    return validator;
  }

  /** Remembers the first validator; whether the given one is the same. */
  synchronized boolean accepts(@Nullable String given) {
    if (validator == null && total() == 0) {
      validator = given;
    }
    return given == null || validator == null || validator.equals(given);
  }

  /** Nothing of it counts any more. */
  synchronized void reset() throws IOException {
    Arrays.fill(done, 0);
    validator = null;
    note();
  }

  /** Writes the next bytes of a piece. */
  synchronized void write(int piece, ByteBuffer bytes) throws IOException {
    long at = start(piece) + done[piece];
    long count = bytes.remaining();
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
    done[piece] += count;
    unnoted += count;
    if (unnoted >= noteBytes || done[piece] >= length(piece)) {
      note();
    }
  }

  /** Writes the next bytes of a file that is fetched from its beginning. */
  synchronized void append(ByteBuffer bytes) throws IOException {
    int end = bytes.limit();
    while (bytes.hasRemaining()) {
      int piece = (int) Math.min(done.length - 1, total() / pieceBytes);
      long room = length(piece) - done[piece];
      if (room <= 0) {
        throw new IOException("more bytes than the file has");
      }
      bytes.limit((int) Math.min(end, bytes.position() + room));
      write(piece, bytes);
      bytes.limit(end);
    }
  }

  private void note() throws IOException {
    // after a loss of power, nothing may be noted that is not on the disk
    channel.force(false);
    ObjectNode node = JsonMapper.shared().createObjectNode();
    node.put("size", size).put("piece", pieceBytes).put("validator", validator);
    ArrayNode pieces = node.putArray("done");
    for (long count : done) {
      pieces.add(count);
    }
    Path fresh = state.resolveSibling(state.getFileName() + ".new");
    Files.writeString(fresh, node.toString());
    Files.move(fresh, state, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    unnoted = 0;
  }

  /** Brings everything to the disk. */
  void force() throws IOException {
    channel.force(true);
  }

  @Override
  public synchronized void close() throws IOException {
    try (channel) {
      if (Files.exists(file) && unnoted > 0) {
        note();
      }
    }
  }
}
