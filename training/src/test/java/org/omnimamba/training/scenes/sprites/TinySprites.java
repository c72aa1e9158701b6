package org.omnimamba.training.scenes.sprites;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.omnimamba.training.data.Picture;

/** Sprites for tests: shapes in plain colours, in two styles. */
public final class TinySprites {
  /** Names of the shapes, by their concept. */
  public static final List<String> SHAPES = List.of("disc", "box", "ramp", "cross", "ring", "bar");

  private static final int SIDE = 48;
  private static final List<NamedColour> COLOURS =
      List.of(
          NamedColour.RED,
          NamedColour.GREEN,
          NamedColour.BLUE,
          NamedColour.ORANGE,
          NamedColour.PURPLE,
          NamedColour.BROWN);

  private TinySprites() {}

  /** Twelve sprites, all of training. */
  public static SpriteSet set() {
    return new SpriteSet(sprites());
  }

  static List<Sprite> sprites() {
    List<Sprite> sprites = new ArrayList<>();
    for (String style : List.of("plain", "inked")) {
      for (String shape : SHAPES) {
        sprites.add(sprite(shape, style));
      }
    }
    return sprites;
  }

  /** Writes a folder as {@code prepare-scenes} does; the inked style is held out too. */
  public static void write(Path folder) throws IOException {
    List<Sprite> sprites = sprites();
    for (Picture.Split split : Picture.Split.values()) {
      List<Sprite> some = split == Picture.Split.TRAIN ? sprites : sprites.subList(6, 12);
      SpriteFile.write(
          folder,
          split,
          some.stream().map(each -> of(split, each.label())).toList(),
          some.stream().map(Sprite::argb).toList());
    }
  }

  private static SpriteLabel of(Picture.Split split, SpriteLabel label) {
    return new SpriteLabel(
        split,
        label.concept(),
        label.name(),
        label.synonyms(),
        label.group(),
        label.subgroup(),
        label.style(),
        label.width(),
        label.height());
  }

  private static Sprite sprite(String shape, String style) {
    int colour = COLOURS.get(SHAPES.indexOf(shape)).rgb();
    int height = shape.equals("bar") ? SIDE / 3 : SIDE;
    int[] argb = new int[SIDE * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < SIDE; x++) {
        if (isIn(shape, x, y)) {
          boolean edge =
              !isIn(shape, x - 2, y)
                  || !isIn(shape, x + 2, y)
                  || !isIn(shape, x, y - 2)
                  || !isIn(shape, x, y + 2);
          boolean ink = style.equals("inked") && edge && !shape.equals("bar");
          argb[y * SIDE + x] = 0xff000000 | (ink ? 0x101010 : colour);
        }
      }
    }
    return Sprite.of(
        new SpriteLabel(
            Picture.Split.TRAIN,
            shape,
            shape,
            shape.equals("disc") ? List.of("round thing") : List.of(),
            "shapes",
            "flat",
            style,
            SIDE,
            height),
        argb);
  }

  private static boolean isIn(String shape, int x, int y) {
    if (x < 0 || y < 0 || x >= SIDE || y >= SIDE) {
      return false;
    }
    double fromMiddle = Math.hypot(x - 23.5, y - 23.5);
    return switch (shape) {
      case "disc" -> fromMiddle < 24;
      case "box" -> true;
      case "ramp" -> x <= y;
      case "cross" -> Math.abs(x - 23.5) < 8 || Math.abs(y - 23.5) < 8;
      case "ring" -> fromMiddle < 24 && fromMiddle > 12;
      default -> y < SIDE / 3;
    };
  }
}
