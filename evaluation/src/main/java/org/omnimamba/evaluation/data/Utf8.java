package org.omnimamba.evaluation.data;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Text files in UTF-8. Damaged bytes are read as U+FFFD, so that only the entry that has them is
 * lost and not the whole file.
 */
final class Utf8 {
  private static final char REPLACEMENT = '\ufffd';
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private Utf8() {}

  static boolean isDamaged(String text) {
    return text.indexOf(REPLACEMENT) >= 0;
  }

  /** The file's text without a byte order mark. */
  static BufferedReader open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file));
    try {
      in.mark(MARK.length);
      byte[] start = in.readNBytes(MARK.length);
      if (start.length >= 2
          && ((start[0] == (byte) 0xff && start[1] == (byte) 0xfe)
              || (start[0] == (byte) 0xfe && start[1] == (byte) 0xff))) {
        throw new UnusableDataException(file + " is UTF-16; convert it to UTF-8");
      }
      if (!Arrays.equals(start, MARK)) {
        in.reset();
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** The whole text. */
  static String read(Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    char[] buffer = new char[8192];
    try (Reader reader = open(file)) {
      for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
        text.append(buffer, 0, count);
      }
    }
    return text.toString();
  }
}
