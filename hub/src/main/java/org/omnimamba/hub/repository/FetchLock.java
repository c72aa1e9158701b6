package org.omnimamba.hub.repository;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.omnimamba.hub.FetchException;
import org.omnimamba.hub.FetchListener;

/**
 * Keeps others away from a folder of the cache: threads of this process by a lock of Java, other
 * processes by one of the operating system, which ends with its process however it ends.
 */
public final class FetchLock implements AutoCloseable {
  private static final Map<Path, ReentrantLock> IN_PROCESS = new ConcurrentHashMap<>();

  private final ReentrantLock threads;
  private final FileChannel channel;

  private FetchLock(ReentrantLock threads, FileChannel channel) {
    this.threads = threads;
    this.channel = channel;
  }

  /**
   * Waits until nobody else has it.
   *
   * @param file stands for what is locked; made if need be, and left
   * @param what is told to wait for
   * @throws FetchException if the file cannot be made or locked
   */
  public static FetchLock on(Path file, String what, FetchListener listener)
      throws InterruptedException {
    ReentrantLock threads =
        IN_PROCESS.computeIfAbsent(file.toAbsolutePath().normalize(), path -> new ReentrantLock());
    threads.lockInterruptibly();
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        FileLock lock = channel.tryLock();
        if (lock == null) {
          listener.doing("waiting for another process that fetches " + what);
          lock = channel.lock();
        }
        return new FetchLock(threads, channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      threads.unlock();
      throw new FetchException(
          "cannot use the cache %s (%s); %s"
              .formatted(
                  file.toAbsolutePath().getParent(), reason(e), HubRepository.ANOTHER_FOLDER),
          e);
    } catch (RuntimeException e) {
      threads.unlock();
      throw e;
    }
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.AccessDeniedException
        ? "it may not be written to"
        : e.toString();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // the lock is gone with the channel's file in any case
    } finally {
      threads.unlock();
    }
  }
}
