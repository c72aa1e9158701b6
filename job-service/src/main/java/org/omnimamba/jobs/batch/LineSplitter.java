package org.omnimamba.jobs.batch;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a file that comes in pieces into lines. Blank lines are passed over, and counted. One line
 * is kept in memory at a time, and of one that is too long no more than the limit.
 */
final class LineSplitter {
  private final int longest;
  private final ByteArrayOutputStream open = new ByteArrayOutputStream();
  private long position;
  private long begin;
  private int number = 1;

  /**
   * Nothing read so far.
   *
   * @param longest the longest line in bytes; of a longer one the text is null
   */
  LineSplitter(int longest) {
    this.longest = longest;
  }

  /**
   * A line that is not blank.
   *
   * @param number from 1
   * @param begin its first byte in the file
   * @param length its bytes, without the end of the line
   * @param text its text, or null when it is too long
   */
  record Line(int number, long begin, long length, @Nullable String text) {}

  /** The lines that end in this piece. */
  List<Line> accept(byte[] piece) {
    List<Line> lines = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < piece.length; i++) {
      if (piece[i] == '\n') {
        keep(piece, from, i);
        position += i - from;
        end(lines);
        position++;
        begin = position;
        from = i + 1;
      }
    }
    keep(piece, from, piece.length);
    position += piece.length - from;
    return lines;
  }

  /** The last line, if no end of line came after it. */
  List<Line> rest() {
    List<Line> lines = new ArrayList<>();
    end(lines);
    return lines;
  }

  private void keep(byte[] piece, int from, int to) {
    int room = Math.max(0, longest - open.size());
    open.write(piece, from, Math.min(room, to - from));
  }

  private void end(List<Line> lines) {
    long length = position - begin;
    String text = open.toString(StandardCharsets.UTF_8);
    if (!text.isBlank()) {
      lines.add(new Line(number, begin, length, length > longest ? null : text));
    }
    open.reset();
    number++;
  }
}
