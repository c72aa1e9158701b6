package org.omnimamba.model.image;

import org.omnimamba.model.image.InvalidImageException.Reason;

/**
 * Decodes PNG, JPEG, WebP and GIF (its first frame) from bytes that nobody vouches for. Stateless
 * but for its limits, and safe for many threads.
 *
 * <p>Pixels are those that Pillow's {@code convert("RGB")} gives the reference: EXIF orientation
 * and colour profiles are ignored, alpha is dropped. Lossy WebP alone differs by a few levels at
 * edges between colours, because chroma is repeated here and interpolated there.
 */
public final class ImageDecoder {
  private final ImageLimits limits;

  public ImageDecoder(ImageLimits limits) {
    this.limits = limits;
  }

  /**
   * The image's format and size, without decoding a pixel.
   *
   * @throws InvalidImageException if the image would be refused before decoding
   */
  public ImageHeader inspect(byte[] bytes) {
    ScannedImage image = scan(bytes);
    return new ImageHeader(image.format(), image.width(), image.height());
  }

  /**
   * The whole image in RGB.
   *
   * @throws InvalidImageException if the bytes are no image, not one that is read here, over a
   *     limit, cut off or damaged
   */
  public RgbImage decode(byte[] bytes) {
    ScannedImage image = scan(bytes);
    RgbImage frame = PixelReader.read(image);
    return image.placement().covers(image.width(), image.height()) ? frame : onCanvas(frame, image);
  }

  private ScannedImage scan(byte[] bytes) {
    limits.checkBytes(bytes.length);
    ImageFormat format =
        ImageFormat.sniff(bytes)
            .orElseThrow(
                () ->
                    new InvalidImageException(
                        Reason.NOT_AN_IMAGE,
                        bytes.length == 0
                            ? "there are no image bytes"
                            : "the bytes are not a PNG, JPEG, WebP or GIF image"));
    return switch (format) {
      case PNG -> new PngScanner(bytes, limits).scan();
      case JPEG -> new JpegScanner(bytes, limits).scan();
      case WEBP -> new WebpScanner(bytes, limits).scan();
      case GIF -> new GifScanner(bytes, limits).scan();
    };
  }

  private static RgbImage onCanvas(RgbImage frame, ScannedImage image) {
    FramePlacement at = image.placement();
    byte[] canvas = new byte[3 * image.width() * image.height()];
    byte[] colour = {
      (byte) (at.background() >> 16), (byte) (at.background() >> 8), (byte) at.background()
    };
    for (int i = 0; i < canvas.length; i++) {
      canvas[i] = colour[i % 3];
    }
    for (int y = 0; y < at.height(); y++) {
      System.arraycopy(
          frame.shared(),
          3 * y * at.width(),
          canvas,
          3 * ((at.y() + y) * image.width() + at.x()),
          3 * at.width());
    }
    return RgbImage.adopt(image.width(), image.height(), canvas);
  }
}
