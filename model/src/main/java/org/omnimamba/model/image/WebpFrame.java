package org.omnimamba.model.image;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.image.vp8.Vp8Decoder;

/**
 * A picture of a WebP.
 *
 * @param lossless whether {@code content} is that of a {@code VP8L} chunk, else of a {@code VP8 }
 * @param content the pixels
 * @param alpha content of the {@code ALPH} chunk that belongs to a lossy picture; null if none does
 */
record WebpFrame(boolean lossless, byte[] content, byte @Nullable [] alpha, int width, int height)
    implements Frame {

  @Override
  public RgbImage decode() {
    if (lossless) {
      return RgbConverter.toRgb(LosslessWebp.decode(content, width, height), PngTransparency.NONE);
    }
    byte[] rgb =
        PixelReader.guarded(ImageFormat.WEBP, () -> Vp8Decoder.decode(content, width, height));
    if (alpha != null) {
      White.layUnder(rgb, WebpAlpha.decode(alpha, width, height));
    }
    return RgbImage.adopt(width, height, rgb);
  }
}
