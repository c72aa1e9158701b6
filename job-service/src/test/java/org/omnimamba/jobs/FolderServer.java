package org.omnimamba.jobs;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.omnimamba.queue.testing.PostgresServer;

/** A PostgreSQL on the files in a folder, which stay when it stops. */
final class FolderServer implements PostgresServer {
  private final Path folder;
  private EmbeddedPostgres postgres;
  private boolean stopped;

  FolderServer(Path folder) throws IOException {
    this.folder = folder;
    this.postgres = start(0);
  }

  private EmbeddedPostgres start(int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(folder)
        .setCleanDataDirectory(false)
        .setRegisterShutdownHook(false)
        .setPGStartupWait(Duration.ofMinutes(2))
        .setPort(port)
        .start();
  }

  @Override
  public String host() {
    return "localhost";
  }

  @Override
  public int port() {
    return postgres.getPort();
  }

  @Override
  public void restart() {
    try {
      int port = port();
      stop();
      postgres = start(port);
      stopped = false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void stop() throws IOException {
    if (!stopped) {
      postgres.close();
      stopped = true;
    }
  }

  @Override
  public void close() {
    try {
      stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
