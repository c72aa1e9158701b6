package org.omnimamba.model.image;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
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

/** Runs decoders in memory, and turns all that they complain about into a typed refusal. */
final class PixelReader {
  private PixelReader() {}

  /** Decodes something. */
  interface Decoding<T> {
    T run() throws IOException;
  }

  /** Reads from an image reader that has its input. */
  interface Reading<T> {
    T from(ImageReader reader) throws IOException;
  }

  /**
   * What {@code decoding} gives.
   *
   * @throws InvalidImageException if it ends with an exception of any kind
   */
  static <T> T guarded(ImageFormat format, Decoding<T> decoding) {
    try {
      return decoding.run();
    } catch (InvalidImageException e) {
      throw e;
    } catch (EOFException e) {
      throw truncated(format, e);
    } catch (IOException | RuntimeException e) {
      // decoders answer damage with whatever their arrays throw
      if (e.getCause() instanceof EOFException) {
        throw truncated(format, e);
      }
      throw new InvalidImageException(
          Reason.DAMAGED, "the %s data can not be decoded".formatted(format), e);
    }
  }

  /** Reads the first image of {@code bytes}, which must have the size that the scanner found. */
  static <T> T read(ImageFormat format, byte[] bytes, int width, int height, Reading<T> reading) {
    return guarded(
        format,
        () -> {
          try (ImageInputStream in =
              new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            return read(format, in, width, height, reading);
          }
        });
  }

  static <T> T read(
      ImageFormat format, ImageInputStream in, int width, int height, Reading<T> reading)
      throws IOException {
    ImageReader reader = reader(format);
    try {
      Warnings warnings = new Warnings();
      reader.addIIOReadWarningListener(warnings);
      reader.setInput(in, true, true);
      if (reader.getWidth(0) != width || reader.getHeight(0) != height) {
        throw new InvalidImageException(
            Reason.DAMAGED, "the image's headers state different sizes");
      }
      T read = reading.from(reader);
      warnings.throwIfDamaged();
      return read;
    } finally {
      reader.dispose();
    }
  }

  static InvalidImageException truncated(ImageFormat format, @Nullable Throwable cause) {
    String message = "the %s data end before the image does".formatted(format);
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
