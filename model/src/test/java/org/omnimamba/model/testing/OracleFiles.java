package org.omnimamba.model.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The files under {@code oracle/} of the test resources, also when they are inside a jar. */
public final class OracleFiles {
  private static final Map<String, Path> PATHS = new ConcurrentHashMap<>();

  private OracleFiles() {}

  /** A readable file with this name; one out of a jar is copied once and deleted at exit. */
  public static Path path(String fileName) {
    return PATHS.computeIfAbsent(fileName, OracleFiles::locate);
  }

  private static Path locate(String fileName) {
    URL url = OracleFiles.class.getResource("/oracle/" + fileName);
    if (url == null) {
      throw new IllegalArgumentException("no golden file " + fileName);
    }
    try {
      if (url.getProtocol().equals("file")) {
        return Path.of(url.toURI());
      }
      // under its own name, which the converter gives to the model
      Path folder = Files.createTempDirectory("oracle-");
      Path copy = folder.resolve(fileName);
      folder.toFile().deleteOnExit();
      copy.toFile().deleteOnExit();
      try (InputStream in = url.openStream()) {
        Files.copy(in, copy);
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
