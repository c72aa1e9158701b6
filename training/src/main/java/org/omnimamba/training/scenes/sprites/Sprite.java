package org.omnimamba.training.scenes.sprites;

import org.jspecify.annotations.Nullable;

/**
 * One drawing without its ground and without empty margins.
 *
 * @param label what it shows
 * @param argb pixels {@code [height, width]}, colours not multiplied with alpha; shared, not to be
 *     written to
 * @param colour the colour that one would call it, or null where none covers most of it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Sprite(SpriteLabel label, int[] argb, @Nullable NamedColour colour) {
  /** Part of the covered area that one colour must have, and that no other may have. */
  private static final double MOST = 0.6;

  private static final double SECOND = 0.25;
  private static final int SOLID = 128;

  /** A sprite of these pixels; its colour is found. */
  static Sprite of(SpriteLabel label, int[] argb) {
    return new Sprite(label, argb, colour(argb));
  }

  /** The same drawing with other pixels of the same size. */
  public Sprite repainted(int[] other) {
    return of(label, other);
  }

  /**
   * The same drawing with other pixels.
   *
   * @param other ARGB {@code [height, width]}
   */
  public Sprite redrawn(int[] other, int width, int height) {
    return of(
        new SpriteLabel(
            label.split(),
            label.concept(),
            label.name(),
            label.synonyms(),
            label.group(),
            label.subgroup(),
            label.style(),
            width,
            height),
        other);
  }

  public int width() {
    return label.width();
  }

  public int height() {
    return label.height();
  }

  private static @Nullable NamedColour colour(int[] argb) {
    int[] counts = new int[NamedColour.values().length];
    int all = 0;
    for (int pixel : argb) {
      if (pixel >>> 24 >= SOLID) {
        all++;
        NamedColour named = NamedColour.of(pixel);
        if (named != null) {
          counts[named.ordinal()]++;
        }
      }
    }
    int best = 0;
    for (int i = 1; i < counts.length; i++) {
      best = counts[i] > counts[best] ? i : best;
    }
    for (int i = 0; i < counts.length; i++) {
      if (i != best && counts[i] > SECOND * all) {
        return null;
      }
    }
    return counts[best] > MOST * all ? NamedColour.values()[best] : null;
  }
}
