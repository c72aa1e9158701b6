package org.omnimamba.jobs.batch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a file that comes in pieces into lines. Blank lines are passed over, and counted, and so is
 * the byte order mark that some editors write before the first. One line is kept in memory at a
 * time, and of one that is too long no more than the limit.
 */
final class LineSplitter {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

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
   * @param text its text, or null when it is too long or is not UTF-8
   * @param isUtf8 false for a line whose bytes are not
   */
  record Line(int number, long begin, long length, @Nullable String text, boolean isUtf8) {}

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
    byte[] bytes = open.toByteArray();
    int mark = number == 1 && startsWithMark(bytes) ? BYTE_ORDER_MARK.length : 0;
    long length = position - begin - mark;
    ByteBuffer content = ByteBuffer.wrap(bytes, mark, bytes.length - mark);
    if (position - begin > longest) {
      // its end may be in the middle of a character
      if (!StandardCharsets.UTF_8.decode(content).toString().isBlank()) {
        lines.add(new Line(number, begin + mark, length, null, true));
      }
    } else {
      addWhole(lines, content, mark, length);
    }
    open.reset();
    number++;
  }

  private void addWhole(List<Line> lines, ByteBuffer content, int mark, long length) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(content).toString();
    } catch (CharacterCodingException e) {
      lines.add(new Line(number, begin + mark, length, null, false));
      return;
    }
    if (!text.isBlank()) {
      lines.add(new Line(number, begin + mark, length, text, true));
    }
  }

  private static boolean startsWithMark(byte[] bytes) {
    int mark = BYTE_ORDER_MARK.length;
    return bytes.length >= mark && Arrays.equals(bytes, 0, mark, BYTE_ORDER_MARK, 0, mark);
  }
}
