package org.omnimamba.inference.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Base64;
import org.omnimamba.model.testing.OracleFiles;

/** The oracle's photos. */
final class Photos {
  private Photos() {}

  static byte[] small() {
    return read("photo-29x40.png");
  }

  static byte[] read(String name) {
    try {
      return Files.readAllBytes(OracleFiles.path(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String dataUri(String name) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(read(name));
  }
}
