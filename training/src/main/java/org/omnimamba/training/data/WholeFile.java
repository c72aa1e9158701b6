package org.omnimamba.training.data;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A text file that appears under its name when it is complete: scripts take a file that is there
 * for one that is done.
 */
public final class WholeFile implements AutoCloseable {
  private final Path file;
  private final Path staged;
  private final BufferedWriter writer;

  private WholeFile(Path file) throws IOException {
    this.file = file;
    this.staged = file.resolveSibling(file.getFileName() + ".tmp");
    this.writer = Files.newBufferedWriter(staged);
  }

  /** Begins a file, which replaces an earlier one when it is {@linkplain #complete complete}. */
  public static WholeFile at(Path file) throws IOException {
    return new WholeFile(file);
  }

  /** Writes a whole file at once. */
  public static void write(Path file, String text) throws IOException {
    try (WholeFile whole = at(file)) {
      whole.line(text);
      whole.complete();
    }
  }

  /** Adds text and the end of a line, unless it has one. */
  public void line(String text) throws IOException {
    writer.write(text);
    if (!text.endsWith("\n")) {
      writer.write('\n');
    }
  }

  /** Gives the file its name. Nothing may be added afterwards. */
  public void complete() throws IOException {
    writer.close();
    Files.move(staged, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Throws away what was not completed. */
  @Override
  public void close() throws IOException {
    writer.close();
    Files.deleteIfExists(staged);
  }
}
