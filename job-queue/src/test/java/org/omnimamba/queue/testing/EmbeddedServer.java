package org.omnimamba.queue.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

/** PostgreSQL's own binaries, unpacked from a jar. */
final class EmbeddedServer implements PostgresServer {
  private final PostgresVersion version;
  private final Path data;
  private final Durability durability;
  private EmbeddedPostgres postgres;

  private EmbeddedServer(PostgresVersion version, Path data, Durability durability)
      throws IOException {
    this.version = version;
    this.data = data;
    this.durability = durability;
    this.postgres = builder(0).start();
  }

  static EmbeddedServer start(PostgresVersion version, Durability durability) {
    try {
      return new EmbeddedServer(version, Files.createTempDirectory("queue-pg"), durability);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private EmbeddedPostgres.Builder builder(int port) {
    return EmbeddedPostgres.builder()
        .setPgBinaryResolver(version.binaries())
        .setDataDirectory(data.resolve("data"))
        .setCleanDataDirectory(false)
        .setRegisterShutdownHook(false)
        .setPGStartupWait(Duration.ofMinutes(2))
        .setServerConfig("fsync", durability.setting())
        .setServerConfig("synchronous_commit", durability.setting())
        .setServerConfig("full_page_writes", durability.setting())
        .setServerConfig("shared_buffers", "128MB")
        .setServerConfig("max_wal_size", "1GB")
        .setPort(port);
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
      int port = postgres.getPort();
      postgres.close();
      postgres = builder(port).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      postgres.close();
      try (Stream<Path> files = Files.walk(data)) {
        files.sorted(Comparator.reverseOrder()).forEach(EmbeddedServer::delete);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
