package org.omnimamba.model.text;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where this repository lies, whichever directory the tests run in. */
final class Repository {
  private Repository() {}

  static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("mvnw"))) {
      Path parent = directory.getParent();
      if (parent == null) {
        throw new IllegalStateException("the tests do not run inside the repository");
      }
      directory = parent;
    }
    return directory;
  }
}
