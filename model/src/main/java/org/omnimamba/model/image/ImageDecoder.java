package org.omnimamba.model.image;

import org.omnimamba.model.image.InvalidImageException.Reason;

/**
 * Decodes PNG, JPEG, WebP and GIF (of an animation its first frame) from untrusted bytes. Stateless
 * but for its limits, and safe for many threads.
 *
 * <p>The picture is the one that an image viewer shows on a white page: transparent pixels are laid
 * on white, so that what lies under them is never seen; a frame smaller than its canvas lies on a
 * white canvas; EXIF's orientation is applied. Levels are those of Pillow, libjpeg and libwebp, to
 * the bit. Colour profiles and gamma are ignored, as the reference's training ignored them.
 */
public final class ImageDecoder {
  private final ImageLimits limits;

  public ImageDecoder(ImageLimits limits) {
    this.limits = limits;
  }

  /**
   * The image's format and upright size, without decoding a pixel.
   *
   * @throws InvalidImageException if the image would be refused before decoding
   */
  public ImageHeader inspect(byte[] bytes) {
    return scan(bytes).header();
  }

  /**
   * The whole image in RGB, upright and on white.
   *
   * @throws InvalidImageException if the bytes are no image, not one that is read here, over a
   *     limit, cut off or damaged
   */
  public RgbImage decode(byte[] bytes) {
    return scan(bytes).decode();
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
}
