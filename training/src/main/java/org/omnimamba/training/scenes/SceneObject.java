package org.omnimamba.training.scenes;

import org.jspecify.annotations.Nullable;
import org.omnimamba.training.scenes.sprites.NamedColour;
import org.omnimamba.training.scenes.sprites.Sprite;

/**
 * One object of a scene. Lengths are parts of the picture's side.
 *
 * @param sprite as it is seen: painted and altered
 * @param painted whether it has another colour than its icon set gave it
 * @param size as one would call it
 * @param centreX from the left, 0..1
 * @param centreY from the top, 0..1
 * @param side the longer side of its box
 */
public record SceneObject(
    Sprite sprite, boolean painted, Size size, double centreX, double centreY, double side) {

  /** What a caption can say about an object's size. */
  public enum Size {
    SMALL,
    /** Nothing to say. */
    USUAL,
    LARGE
  }

  /** Its name, lower case. */
  public String name() {
    return sprite.label().name();
  }

  /** Its colour, or null where there is no one name for it. */
  public @Nullable NamedColour colour() {
    return sprite.colour();
  }

  /** Width of its box. */
  public double width() {
    return side * sprite.width() / Math.max(sprite.width(), sprite.height());
  }

  /** Height of its box. */
  public double height() {
    return side * sprite.height() / Math.max(sprite.width(), sprite.height());
  }
}
