package org.omnimamba.model;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.image.RgbImage;

/**
 * A generated picture.
 *
 * @param tokens the image ids, row by row; fewer than {@code imageTokens()} if it was cancelled
 * @param image the picture; null if it was cancelled
 * @param timings where the time went
 */
public record ImageResult(
    List<Integer> tokens, @Nullable RgbImage image, GenerationTimings timings) {
  public ImageResult {
    tokens = List.copyOf(tokens);
  }
}
