package org.omnimamba.queue.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.List;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** PostgreSQL's official image. */
final class ContainerServer implements PostgresServer {
  private final PostgreSQLContainer container;
  private final int port;

  private ContainerServer(PostgreSQLContainer container, int port) {
    this.container = container;
    this.port = port;
  }

  static ContainerServer start(PostgresVersion version, Durability durability) {
    // a fixed host port, since a mapped one changes with a restart
    int port = freePort();
    PostgreSQLContainer container =
        new PostgreSQLContainer(DockerImageName.parse("postgres:" + version.major()))
            .withUsername(USER)
            .withPassword(PASSWORD)
            .withDatabaseName("postgres");
    String on = durability.setting();
    container.setCommand(
        "postgres",
        "-c",
        "max_connections=300",
        "-c",
        "fsync=" + on,
        "-c",
        "synchronous_commit=" + on,
        "-c",
        "full_page_writes=" + on);
    container.setPortBindings(List.of(port + ":5432"));
    container.start();
    return new ContainerServer(container, port);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String host() {
    return container.getHost();
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void restart() {
    container.getDockerClient().restartContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void close() {
    container.stop();
  }
}
