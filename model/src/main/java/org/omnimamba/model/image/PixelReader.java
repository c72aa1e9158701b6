package org.omnimamba.model.image;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.image.InvalidImageException.Reason;

/** Runs the decoder of a format over a scanned image, in memory, and takes no half result. */
final class PixelReader {
  private static final int CMYK_CHANNELS = 4;

  private PixelReader() {}

  static RgbImage read(ScannedImage image) {
    try (ImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(image.essence()))) {
      ImageReader reader = reader(image.format());
      try {
        return read(image, reader, in);
      } finally {
        reader.dispose();
      }
    } catch (InvalidImageException e) {
      throw e;
    } catch (EOFException e) {
      throw new InvalidImageException(
          Reason.TRUNCATED, "the %s data end before the image does".formatted(image.format()), e);
    } catch (IOException | RuntimeException e) {
      // decoders answer damage with whatever their arrays throw
      throw new InvalidImageException(
          e.getCause() instanceof EOFException ? Reason.TRUNCATED : Reason.DAMAGED,
          "the %s data can not be decoded".formatted(image.format()),
          e);
    }
  }

  private static RgbImage read(ScannedImage image, ImageReader reader, ImageInputStream in)
      throws IOException {
    Warnings warnings = new Warnings();
    reader.addIIOReadWarningListener(warnings);
    reader.setInput(in, true, true);
    FramePlacement frame = image.placement();
    if (reader.getWidth(0) != frame.width() || reader.getHeight(0) != frame.height()) {
      throw new InvalidImageException(Reason.DAMAGED, "the image's headers state different sizes");
    }
    RgbImage decoded;
    if (image.channels() == CMYK_CHANNELS) {
      Raster raster = reader.readRaster(0, null);
      decoded = CmykConverter.toRgb(raster, image.adobeTransform());
    } else {
      BufferedImage buffered = reader.read(0);
      decoded = RgbConverter.toRgb(buffered);
    }
    warnings.throwIfDamaged();
    return decoded;
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
    throw new IllegalStateException("this Java runtime has no reader for " + format);
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
