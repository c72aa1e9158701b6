package org.omnimamba.model.image;

import java.util.List;

/**
 * One image as the towers see it.
 *
 * @param size side in pixels
 * @param towers normalised pixels per tower, in the configuration's order: {@code [3, size, size]},
 *     channel by channel; the arrays are shared, not copied
 */
public record ImagePixels(int size, List<float[]> towers) {
  public ImagePixels {
    towers = List.copyOf(towers);
    for (float[] tower : towers) {
      if (tower.length != 3L * size * size) {
        throw new IllegalArgumentException(
            "a tower's pixels are %d values; [3, %d, %d] are needed"
                .formatted(tower.length, size, size));
      }
    }
  }
}
