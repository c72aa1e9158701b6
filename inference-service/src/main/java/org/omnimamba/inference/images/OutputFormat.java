package org.omnimamba.inference.images;

import java.util.Base64;
import org.omnimamba.model.image.ImageEncoder;
import org.omnimamba.model.image.RgbImage;

/**
 * How pictures are encoded.
 *
 * @param name {@code png} or {@code jpeg}
 * @param quality of a JPEG, 1 to 100
 */
record OutputFormat(String name, int quality) {
  static final String PNG = "png";
  static final String JPEG = "jpeg";

  String base64(RgbImage image) {
    byte[] bytes = name.equals(JPEG) ? ImageEncoder.jpeg(image, quality) : ImageEncoder.png(image);
    return Base64.getEncoder().encodeToString(bytes);
  }
}
