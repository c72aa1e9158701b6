package org.omnimamba.model.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;

/** Encodes pictures in memory. Equal pictures give equal bytes on the same Java version. */
public final class ImageEncoder {
  private ImageEncoder() {}

  /** A PNG, 8-bit RGB. */
  public static byte[] png(RgbImage image) {
    return encode(image, "png", null);
  }

  /**
   * A baseline JPEG.
   *
   * @param quality 1 (smallest) to 100 (best)
   * @throws IllegalArgumentException if the quality is outside
   */
  public static byte[] jpeg(RgbImage image, int quality) {
    if (quality < 1 || quality > 100) {
      throw new IllegalArgumentException("JPEG quality must be 1 to 100, is " + quality);
    }
    return encode(image, "jpeg", quality / 100f);
  }

  private static byte[] encode(RgbImage image, String format, @Nullable Float quality) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      ImageWriteParam param = writer.getDefaultWriteParam();
      if (quality != null) {
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        param.setCompressionQuality(quality);
      }
      writer.write(null, new IIOImage(buffered(image), null, null), param);
    } catch (IOException e) {
      throw new UncheckedIOException("encoding in memory failed", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** A view of the image's own bytes; the writers only read. */
  private static BufferedImage buffered(RgbImage image) {
    DataBufferByte data = new DataBufferByte(image.shared(), image.shared().length);
    WritableRaster raster =
        Raster.createInterleavedRaster(
            data, image.width(), image.height(), 3 * image.width(), 3, new int[] {0, 1, 2}, null);
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            false,
            false,
            Transparency.OPAQUE,
            DataBuffer.TYPE_BYTE);
    return new BufferedImage(model, raster, false, null);
  }
}
