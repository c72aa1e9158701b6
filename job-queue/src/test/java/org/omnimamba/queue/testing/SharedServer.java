package org.omnimamba.queue.testing;

/** Starts the shared server when it is first asked for. */
final class SharedServer {
  static final PostgresServer INSTANCE = start();

  private SharedServer() {}

  private static PostgresServer start() {
    PostgresServer server = PostgresServer.start(PostgresServer.Durability.NONE);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-postgres"));
    return server;
  }
}
