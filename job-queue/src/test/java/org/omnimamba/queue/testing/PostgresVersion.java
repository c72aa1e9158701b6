package org.omnimamba.queue.testing;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;

/** The versions of PostgreSQL that tests can run on. */
public enum PostgresVersion {
  /** Too old for the queue. */
  V15(15),
  /** The oldest that is supported. */
  V16(16),
  V17(17),
  /** The newest, whose binaries are on the class path. */
  V18(18);

  /** The system property that chooses the version of a JVM's tests. */
  static final String PROPERTY = "postgres.version";

  /** Where the build puts the binaries of the other versions. */
  private static final Path OTHERS = Path.of("target", "postgres");

  private final int major;

  PostgresVersion(int major) {
    this.major = major;
  }

  /** The version that this JVM's tests run on: the newest, unless a property names another. */
  public static PostgresVersion tested() {
    return valueOf("V" + System.getProperty(PROPERTY, "18"));
  }

  /** The number before the point. */
  public int major() {
    return major;
  }

  /** Finds the embedded server's archive. */
  public PgBinaryResolver binaries() {
    return this == V18 ? DefaultPostgresBinaryResolver.INSTANCE : (system, machine) -> archive();
  }

  private InputStream archive() throws IOException {
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(OTHERS, "*-" + major + ".*.jar")) {
      for (Path jar : jars) {
        try (JarFile file = new JarFile(jar.toFile())) {
          return new ByteArrayInputStream(
              file.getInputStream(file.getEntry("postgres-linux-x86_64.txz")).readAllBytes());
        }
      }
    }
    throw new IOException(
        "no binaries of PostgreSQL " + major + " in " + OTHERS.toAbsolutePath() + "; build first");
  }
}
