package org.omnimamba.queue.testing;

import org.testcontainers.DockerClientFactory;

/**
 * A running PostgreSQL: in a container where a Docker engine answers, else the embedded build of
 * the same version. This is the one switch; tests do not know which they got.
 */
public interface PostgresServer extends AutoCloseable {

  /** The superuser of every test server. */
  String USER = "postgres";

  /** Its password. */
  String PASSWORD = "postgres";

  /** Starts a server of one's own, of the version that this JVM tests. */
  static PostgresServer start(Durability durability) {
    return start(PostgresVersion.tested(), durability);
  }

  /** Starts a server of one's own. */
  static PostgresServer start(PostgresVersion version, Durability durability) {
    return DockerClientFactory.instance().isDockerAvailable()
        ? ContainerServer.start(version, durability)
        : EmbeddedServer.start(version, durability);
  }

  /** The server that all tests of this JVM share; it ends with the JVM. */
  static PostgresServer shared() {
    return SharedServer.INSTANCE;
  }

  /** What a server promises about a commit that it has answered. */
  enum Durability {
    /** Nothing: fast, for tests that never crash the server. */
    NONE,
    /** It survives a crash: the settings of a production server. */
    FULL;

    String setting() {
      return this == FULL ? "on" : "off";
    }
  }

  /** Where it listens. */
  String host();

  /** The port, the same after a restart. */
  int port();

  /** Stops the server without waiting for its clients, and starts it again on the same data. */
  void restart();

  @Override
  void close();
}
