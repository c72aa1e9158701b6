package org.omnimamba.model.image;

import java.util.List;
import org.omnimamba.model.config.TowerConfig;
import org.omnimamba.model.config.VisionConfig;

/**
 * The reference's preprocessing: bicubic resize to a square regardless of the aspect ratio, values
 * to 0..1, then each tower's own mean and deviation.
 */
public final class ImagePreprocessor {
  private final VisionConfig config;

  public ImagePreprocessor(VisionConfig config) {
    this.config = config;
  }

  /** The image as each of the configuration's towers sees it. */
  public ImagePixels prepare(RgbImage image) {
    int size = config.imageSize();
    RgbImage resized = Resampler.resize(image, size, size);
    List<float[]> towers =
        config.towers().parallelStream().map(tower -> normalise(resized, tower)).toList();
    return new ImagePixels(size, towers);
  }

  private static float[] normalise(RgbImage image, TowerConfig tower) {
    byte[] rgb = image.shared();
    int plane = image.width() * image.height();
    float[] pixels = new float[3 * plane];
    for (int channel = 0; channel < 3; channel++) {
      float[] values = new float[256];
      for (int level = 0; level < values.length; level++) {
        values[level] = (level / 255f - tower.mean().get(channel)) / tower.std().get(channel);
      }
      for (int i = 0; i < plane; i++) {
        pixels[channel * plane + i] = values[rgb[3 * i + channel] & 0xff];
      }
    }
    return pixels;
  }
}
