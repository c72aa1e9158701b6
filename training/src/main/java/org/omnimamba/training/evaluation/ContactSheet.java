package org.omnimamba.training.evaluation;

import java.util.List;
import org.omnimamba.model.image.RgbImage;

/**
 * Drawn pictures in rows: the caption, what was drawn, the nearest real pictures by the towers'
 * features and by pixels with their names, and the real picture that the caption belongs to.
 */
final class ContactSheet {
  private static final int SIDE = 128;
  private static final int GAP = 12;
  private static final int PICTURES = 4;
  private static final int BLOCK_WIDTH = PICTURES * (SIDE + GAP) + GAP;
  private static final int BLOCK_HEIGHT = SIDE + 3 * PixelFont.LINE + GAP;
  private static final int COLUMNS = 2;
  private static final int HEADING = 2 * PixelFont.LINE;

  private ContactSheet() {}

  /**
   * Draws the sheet.
   *
   * @param heading first line
   */
  static RgbImage of(String heading, List<Drawn> pictures) {
    int rows = (pictures.size() + COLUMNS - 1) / COLUMNS;
    Canvas canvas = new Canvas(COLUMNS * BLOCK_WIDTH, HEADING + GAP + rows * BLOCK_HEIGHT);
    canvas.text(heading, GAP, GAP / 2, COLUMNS * BLOCK_WIDTH - GAP);
    for (int i = 0; i < pictures.size(); i++) {
      block(
          canvas,
          pictures.get(i),
          i % COLUMNS * BLOCK_WIDTH + GAP,
          HEADING + i / COLUMNS * BLOCK_HEIGHT);
    }
    return canvas.image();
  }

  private static void block(Canvas canvas, Drawn drawn, int left, int top) {
    canvas.text(
        "\"" + drawn.asked().label().canonicalCaption() + "\"", left, top, BLOCK_WIDTH - 2 * GAP);
    cell(canvas, drawn.drawn(), "drawn", "", left, top, 0);
    cell(canvas, drawn.byFeatures(), "features: ", left, top, 1);
    cell(canvas, drawn.byPixels(), "pixels: ", left, top, 2);
    cell(canvas, drawn.asked(), "real: ", left, top, 3);
  }

  private static void cell(
      Canvas canvas, LabelledPicture picture, String prefix, int left, int top, int place) {
    cell(
        canvas,
        picture.image(),
        prefix + picture.label().style(),
        picture.label().name(),
        left,
        top,
        place);
  }

  private static void cell(
      Canvas canvas, RgbImage image, String first, String second, int left, int top, int place) {
    int x = left + place * (SIDE + GAP);
    int y = top + PixelFont.LINE;
    canvas.picture(image, x, y, SIDE);
    canvas.text(first, x, y + SIDE + 1, SIDE + GAP);
    canvas.text(second, x, y + SIDE + 1 + PixelFont.LINE, SIDE + GAP);
  }
}
