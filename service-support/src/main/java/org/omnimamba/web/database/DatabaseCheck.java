package org.omnimamba.web.database;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the server before anything is done with it. */
final class DatabaseCheck {
  private static final Logger log = LoggerFactory.getLogger(DatabaseCheck.class);
  private static final int OLDEST = 16;

  private final Database database;
  private boolean warned;

  DatabaseCheck(Database database) {
    this.database = database;
  }

  /**
   * Connects as the queries will.
   *
   * @throws IncompatibleDatabaseException if the server is too old
   */
  void run() throws SQLException {
    try (Connection connection = database.queries().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT current_setting('server_version'), (SELECT ssl FROM pg_stat_ssl"
                    + " WHERE pid = pg_backend_pid())")) {
      row.next();
      String version = row.getString(1);
      if (connection.getMetaData().getDatabaseMajorVersion() < OLDEST) {
        throw new IncompatibleDatabaseException(
            "PostgreSQL at %s is version %s; this program needs version %d or newer."
                .formatted(database.address(), version, OLDEST));
      }
      if (!row.getBoolean(2) && !warned && !isLocal(database.address().host())) {
        warned = true;
        log.warn(
            "Connections to PostgreSQL at {} are not encrypted (ssl-mode {}). Passwords are safe,"
                + " all else can be read on the way: set omnimamba.database.ssl-mode to verify-full"
                + " with ssl-root-cert, or to require",
            database.address(),
            database.address().sslMode().libpq());
      }
    }
  }

  private static boolean isLocal(String host) {
    try {
      return host.startsWith("/") || InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
