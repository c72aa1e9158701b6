package org.omnimamba.model.image;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.image.InvalidImageException.Reason;

/** Runs the decoder of a format over a scanned image, in memory, and takes no half result. */
final class PixelReader {
  private final ScannedImage image;

  private PixelReader(ScannedImage image) {
    this.image = image;
  }

  static RgbImage read(ScannedImage image) {
    return new PixelReader(image).readWhole();
  }

  /**
   * The decoder of lossless WebP goes on behind its data as if nothing were. Its input stands at
   * the byte whose bits come next: past the first byte of filler it has surely read too much, in
   * that byte perhaps, and then other filler gives another picture.
   */
  private RgbImage readWhole() {
    byte[] bytes = image.essence();
    try (FollowedInput in = new FollowedInput(bytes)) {
      RgbImage decoded = decode(in);
      if (image.dataEnd() == 0 || in.furthest() < image.dataEnd()) {
        return decoded;
      }
      Arrays.fill(bytes, image.dataEnd(), bytes.length, (byte) 0xff);
      try (FollowedInput again = new FollowedInput(bytes)) {
        if (in.furthest() > image.dataEnd() || !decoded.equals(decode(again))) {
          throw truncated(null);
        }
      }
      return decoded;
    } catch (InvalidImageException e) {
      throw e;
    } catch (EOFException e) {
      throw truncated(e);
    } catch (IOException | RuntimeException e) {
      // decoders answer damage with whatever their arrays throw
      if (e.getCause() instanceof EOFException) {
        throw truncated(e);
      }
      throw new InvalidImageException(
          Reason.DAMAGED, "the %s data can not be decoded".formatted(image.format()), e);
    }
  }

  private RgbImage decode(FollowedInput in) throws IOException {
    ImageReader reader = reader(image.format());
    try {
      Warnings warnings = new Warnings();
      reader.addIIOReadWarningListener(warnings);
      reader.setInput(in, true, true);
      FramePlacement frame = image.placement();
      if (reader.getWidth(0) != frame.width() || reader.getHeight(0) != frame.height()) {
        throw new InvalidImageException(
            Reason.DAMAGED, "the image's headers state different sizes");
      }
      RgbImage decoded =
          image.inks() == InkModel.NONE
              ? RgbConverter.toRgb(reader.read(0))
              : CmykConverter.toRgb(reader.readRaster(0, null), image.inks());
      warnings.throwIfDamaged();
      return decoded;
    } finally {
      reader.dispose();
    }
  }

  private InvalidImageException truncated(@Nullable Throwable cause) {
    String message = "the %s data end before the image does".formatted(image.format());
    return cause == null
        ? new InvalidImageException(Reason.TRUNCATED, message)
        : new InvalidImageException(Reason.TRUNCATED, message, cause);
  }

  private static ImageReader reader(ImageFormat format) throws IOException {
    if (format == ImageFormat.WEBP) {
      return new WebPImageReaderSpi().createReaderInstance();
    }
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.name());
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if ("java.desktop".equals(reader.getClass().getModule().getName())) {
        return reader;
      }
    }
    throw new AssertionError("this Java runtime has no reader for " + format);
  }

  /** Remembers the first warning that means lost pixels. */
  private static final class Warnings implements IIOReadWarningListener {
    private @Nullable String first;

    @Override
    public void warningOccurred(ImageReader source, String warning) {
      // bytes too many between segments lose nothing, and cameras write them
      if (first == null && !warning.contains("extraneous bytes")) {
        first = warning;
      }
    }

    void throwIfDamaged() {
      if (first != null) {
        throw new InvalidImageException(
            first.toLowerCase(Locale.ROOT).contains("premature end")
                ? Reason.TRUNCATED
                : Reason.DAMAGED,
            "the image is damaged: " + first);
      }
    }
  }
}
