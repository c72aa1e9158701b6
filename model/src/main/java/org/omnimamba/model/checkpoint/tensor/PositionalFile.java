package org.omnimamba.model.checkpoint.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file opened for reads at given positions. */
public final class PositionalFile implements AutoCloseable {
  /** Keeps the direct buffer small that the JDK copies through when the target is on the heap. */
  private static final int MAX_READ_BYTES = 1 << 20;

  private final Path path;
  private final FileChannel channel;
  private final long size;

  private PositionalFile(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.size = size;
  }

  public static PositionalFile open(Path path) {
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        return new PositionalFile(path, channel, channel.size());
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new CheckpointException("cannot open %s: %s".formatted(path, reason(e)), e);
    }
  }

  public Path path() {
    return path;
  }

  public long size() {
    return size;
  }

  public FileChannel channel() {
    return channel;
  }

  /** Fills {@code target} from {@code position} on; an earlier end of the file is an error. */
  public void read(long position, ByteBuffer target) {
    if (position < 0 || position > size - target.remaining()) {
      throw new CheckpointException(
          "%s is truncated: it ends at byte %d, byte %d was expected"
              .formatted(path, size, position + target.remaining()));
    }
    int end = target.limit();
    try {
      for (long at = position; target.position() < end; ) {
        target.limit(Math.min(end, target.position() + MAX_READ_BYTES));
        int read = channel.read(target, at);
        if (read < 0) {
          throw new CheckpointException("%s became shorter while it was read".formatted(path));
        }
        at += read;
      }
    } catch (IOException e) {
      throw new CheckpointException("cannot read %s: %s".formatted(path, reason(e)), e);
    } finally {
      target.limit(end);
    }
  }

  public static String reason(IOException e) {
    if (e instanceof java.nio.file.NoSuchFileException) {
      return "no such file";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new CheckpointException("cannot close %s: %s".formatted(path, reason(e)), e);
    }
  }
}
