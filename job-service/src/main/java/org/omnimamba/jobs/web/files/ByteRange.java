package org.omnimamba.jobs.web.files;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.omnimamba.jobs.web.problem.OpenAiError;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * A range of bytes as a request asks for it (RFC 9110, 14.1.2). One is given by itself; several, or
 * what is no range of bytes, are not looked at.
 *
 * @param from the first byte
 * @param to the byte after the last one
 */
record ByteRange(long from, long to) {
  private static final Pattern ONE =
      Pattern.compile("(?i)bytes=[ \t,]*(?:([0-9]+)-([0-9]*)|-([0-9]+))[ \t,]*");

  /** Digits that always fit. */
  private static final int DIGITS = 18;

  /**
   * The range that is asked for, within what there is; empty if all is to be given.
   *
   * @param length bytes that there are
   * @throws OpenAiError 416 if none of the range is there
   */
  static Optional<ByteRange> of(HttpHeaders asked, long length) {
    List<String> lines = asked.getOrEmpty(HttpHeaders.RANGE);
    Matcher one = ONE.matcher(lines.size() == 1 ? lines.get(0) : "");
    if (!one.matches()) {
      return Optional.empty();
    }
    if (one.group(1) == null) {
      return Optional.of(within(Math.max(0, length - number(one.group(3))), length, length));
    }
    long from = number(one.group(1));
    long last = one.group(2).isEmpty() ? Long.MAX_VALUE - 1 : number(one.group(2));
    return from > last ? Optional.empty() : Optional.of(within(from, last + 1, length));
  }

  private static ByteRange within(long from, long to, long length) {
    if (from >= length) {
      throw new OpenAiError(
              HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
              null,
              null,
              "invalid_range",
              "The file has " + length + " bytes.")
          .withHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + length);
    }
    return new ByteRange(from, Math.min(to, length));
  }

  /** Numbers that no file reaches count as one of these. */
  private static long number(String digits) {
    String significant = digits.replaceFirst("^0+(?=.)", "");
    return significant.length() > DIGITS ? Long.MAX_VALUE - 1 : Long.parseLong(significant);
  }

  long length() {
    return to - from;
  }

  /** As {@code Content-Range} says it. */
  String contentRange(long length) {
    return "bytes " + from + "-" + (to - 1) + "/" + length;
  }
}
