package org.omnimamba.evaluation.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A picture that is asked about.
 *
 * @param name what the benchmark calls it; the same name is the same picture
 * @param file its bytes: PNG, JPEG, WebP or GIF
 */
public record Picture(String name, Path file) {

  /**
   * Its encoded bytes.
   *
   * @throws IOException if the file cannot be read
   */
  public byte[] bytes() throws IOException {
    return Files.readAllBytes(file);
  }
}
