package org.omnimamba.training.scenes;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.training.scenes.sprites.NamedColour;

/**
 * The truth about a picture.
 *
 * @param kind how its objects belong together
 * @param ground its ground
 * @param style the word for how all objects are drawn, or null where there is none
 * @param objects in the order in which one reads: rows from the top, each from the left
 */
public record Scene(Kind kind, Ground ground, @Nullable String style, List<SceneObject> objects) {
  public Scene {
    objects = List.copyOf(objects);
  }

  /** How objects belong together. */
  public enum Kind {
    /** One object. */
    SINGLE,
    /** Two to four times the same. */
    COUNT,
    /** Two different ones, side by side or one above the other. */
    PAIR,
    /** Three or four different ones. */
    SEVERAL
  }

  /**
   * What is behind the objects.
   *
   * @param colour its name, or null for a paper tint that has none
   * @param rgb {@code 0xRRGGBB}
   */
  public record Ground(@Nullable NamedColour colour, int rgb) {
    /** Plain white. */
    public static final Ground WHITE = new Ground(NamedColour.WHITE, 0xffffff);
  }

  /** The first of the objects, which a scene has always. */
  public SceneObject first() {
    return objects.get(0);
  }

  /** Where the second object of a pair is, seen from the first: to its right or below it. */
  public boolean sideBySide() {
    double across = Math.abs(objects.get(0).centreX() - objects.get(1).centreX());
    double down = Math.abs(objects.get(0).centreY() - objects.get(1).centreY());
    return across > down;
  }
}
