package org.omnimamba.standalone.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a PostgreSQL server that a killed parent left behind on our own data folder.
 *
 * <p>The first line of {@code postmaster.pid} is the server's process id. Ids are reused, so the
 * process is only ended if its command is PostgreSQL's and names this data folder.
 */
final class OrphanedPostmaster {
  private static final Logger log = LoggerFactory.getLogger(OrphanedPostmaster.class);
  private static final long STOP_SECONDS = 30;

  private OrphanedPostmaster() {}

  static void stop(Path data) throws IOException {
    Optional<ProcessHandle> orphan = find(data);
    if (orphan.isEmpty()) {
      return;
    }
    ProcessHandle process = orphan.get();
    log.info("stopping the PostgreSQL server {} that an earlier run left behind", process.pid());
    // SIGTERM is PostgreSQL's "smart" shutdown: it waits for clients, of which none is left.
    process.destroy();
    try {
      process.onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      // Immediate stop: the write-ahead log makes the data whole again at the next start.
      process.destroyForcibly();
      waitForExit(process);
    } catch (ExecutionException e) {
      throw new IOException("could not wait for the PostgreSQL server " + process.pid(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while stopping PostgreSQL " + process.pid(), e);
    }
  }

  private static void waitForExit(ProcessHandle process) throws IOException {
    try {
      process.onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException("the PostgreSQL server " + process.pid() + " does not stop", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while stopping PostgreSQL " + process.pid(), e);
    }
  }

  private static Optional<ProcessHandle> find(Path data) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(data.resolve("postmaster.pid"));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    long pid;
    try {
      pid = Long.parseLong(lines.get(0).strip());
    } catch (NumberFormatException e) {
      throw new IOException(data.resolve("postmaster.pid") + " does not begin with a number", e);
    }
    return ProcessHandle.of(pid).filter(process -> servesFrom(process, data));
  }

  private static boolean servesFrom(ProcessHandle process, Path data) {
    ProcessHandle.Info info = process.info();
    String command = info.commandLine().orElseGet(() -> info.command().orElse(""));
    return command.contains("postgres") && command.contains(data.toString());
  }
}
