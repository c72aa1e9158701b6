package org.omnimamba.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Lets one of several benchmark processes time at once, while the others load and compile. */
final class TimingLock implements AutoCloseable {
  private final @Nullable FileChannel channel;

  private TimingLock(@Nullable FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits for the lock.
   *
   * @param file null for no lock
   */
  static TimingLock of(@Nullable String file) {
    if (file == null) {
      return new TimingLock(null);
    }
    try {
      FileChannel channel =
          FileChannel.open(Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      // held until the channel is closed
      channel.lock();
      return new TimingLock(channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
