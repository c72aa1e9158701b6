package org.omnimamba.gateway.access;

import java.util.regex.Pattern;
import org.omnimamba.gateway.errors.ApiException;
import org.springframework.http.HttpStatus;

/**
 * Which spellings of a path are taken at all.
 *
 * <p>No address of ours needs an escape, a parameter ({@code ;}) or a dot segment, and every such
 * spelling is a way to make two programs read one path differently. So they are refused before
 * anything looks at the path.
 */
final class PathRules {
  private static final Pattern PLAIN = Pattern.compile("(/[A-Za-z0-9_~:.-]*)+");
  private static final int LONGEST = 1024;

  private PathRules() {}

  /**
   * @throws ApiException 400 if the raw path is not in its one plain spelling
   */
  static void check(String rawPath) {
    boolean plain =
        rawPath.length() <= LONGEST
            && isPlain(rawPath)
            && !rawPath.contains("//")
            && !rawPath.contains("/.");
    if (!plain) {
      throw ApiException.invalidRequest(
          HttpStatus.BAD_REQUEST,
          "invalid_path",
          "The path must be spelled plainly: no escapes, no empty or dot segments.");
    }
  }

  private static boolean isPlain(String path) {
    return PLAIN.matcher(path).matches();
  }
}
