package org.omnimamba.standalone.server;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.concurrent.CountDownLatch;
import org.omnimamba.standalone.OmniMambaHome;

/** A process of its own that starts a database, writes to it, says READY and waits to be killed. */
public final class DatabaseProcess {
  private DatabaseProcess() {}

  public static void main(String[] args) throws Exception {
    EmbeddedDatabase database;
    try {
      database = EmbeddedDatabase.start(OmniMambaHome.at(Path.of(args[0])));
    } catch (IOException e) {
      System.out.println(e.getMessage());
      System.exit(3);
      return;
    }
    try (Connection connection = EmbeddedDatabaseTest.connect(database)) {
      connection.createStatement().execute("CREATE TABLE kept AS SELECT 42 AS answer");
    }
    System.out.println("READY");
    new CountDownLatch(1).await();
  }
}
