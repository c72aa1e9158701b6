package org.omnimamba.training.evaluation;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Letters of 5 x 7 pixels: machines that train have no fonts. Capitals are drawn as small letters,
 * and what is not in the font as a question mark.
 */
final class PixelFont {
  /** Pixels from the top of a line to the top of the next. */
  static final int LINE = 10;

  /** Pixels from the left of a letter to the left of the next. */
  static final int ADVANCE = 6;

  private static final int COLUMNS = 5;
  private static final int ROWS = 7;

  /** A letter and its columns from the left, two hexadecimal digits each; bit 0 is the top row. */
  private static final String GLYPHS =
      "a2054545478 b7f48444438 c3844444420 d384444487f e3854545418 f087e090102 g0c5252523e"
          + " h7f08040478 i00447d4000 j2040443d00 k7f10284400 l00417f4000 m7c04180478"
          + " n7c08040478 o3844444438 p7c14141408 q081414187c r7c08040408 s4854545420"
          + " t043f444020 u3c4040207c v1c2040201c w3c4030403c x4428102844 y0c5050503c"
          + " z4464544c44 03e5149453e 100427f4000 24261514946 32141454b31 41814127f10"
          + " 52745454539 63c4a494930 70171090503 83649494936 9064949291e ,0050300000"
          + " .0060600000 :0036360000 -0808080808 '0005030000 \"0007000700 (001c224100"
          + " )0041221c00 !00005f0000 ?0201510906 /2010080402 %2313086462 +08083e0808"
          + " &3649552250 =1414141414";

  private static final Map<Character, int[]> COLUMNS_OF = parse();

  private static final int[] UNKNOWN = Objects.requireNonNull(COLUMNS_OF.get('?'));

  private PixelFont() {}

  private static Map<Character, int[]> parse() {
    Map<Character, int[]> glyphs = new HashMap<>();
    for (String glyph : GLYPHS.split(" ", -1)) {
      int[] columns = new int[COLUMNS];
      for (int i = 0; i < COLUMNS; i++) {
        columns[i] = Integer.parseInt(glyph.substring(1 + 2 * i, 3 + 2 * i), 16);
      }
      glyphs.put(glyph.charAt(0), columns);
    }
    glyphs.put(' ', new int[COLUMNS]);
    return glyphs;
  }

  /** Takes the pixels that text covers. */
  interface Ink {
    void dot(int x, int y);
  }

  /** Writes a line whose top left corner is at {@code (0, 0)}. */
  static void write(String line, Ink ink) {
    String text = line.toLowerCase(Locale.ROOT);
    for (int i = 0; i < text.length(); i++) {
      int[] columns = COLUMNS_OF.getOrDefault(text.charAt(i), UNKNOWN);
      for (int x = 0; x < COLUMNS; x++) {
        for (int y = 0; y < ROWS; y++) {
          if ((columns[x] >> y & 1) != 0) {
            ink.dot(i * ADVANCE + x, y);
          }
        }
      }
    }
  }
}
