package org.omnimamba.model.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The vision towers and what they share.
 *
 * @param imageSize side in pixels to which an input image is resized
 * @param patchSize side of a patch in pixels; a remainder of the image side is never read
 * @param towers one or more; their features are concatenated in this order
 */
public record VisionConfig(int imageSize, int patchSize, List<TowerConfig> towers) {
  public VisionConfig {
    towers = List.copyOf(towers);
    if (towers.isEmpty()) {
      throw new InvalidConfigException("vision.towers is empty; at least one tower is needed");
    }
    Limits.check("number of towers", towers.size(), 1, Limits.FACTOR);
    Limits.check("patch", patchSize, 1, Limits.WIDTH);
    Limits.check("img_size", imageSize, patchSize, Limits.FACTOR * patchSize);
    Set<String> names = new HashSet<>();
    for (TowerConfig tower : towers) {
      if (!names.add(tower.name())) {
        throw new InvalidConfigException("two towers are called " + tower.name());
      }
    }
  }

  /** Patches per side. */
  public int grid() {
    return imageSize / patchSize;
  }

  /** Patches of an image, and so its places in an understanding prompt. */
  public int patches() {
    return grid() * grid();
  }

  /** Width of the concatenated features. */
  public int featureDim() {
    return towers.stream().mapToInt(TowerConfig::embedDim).sum();
  }
}
