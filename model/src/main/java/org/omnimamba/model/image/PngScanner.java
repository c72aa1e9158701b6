package org.omnimamba.model.image;

import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.image.InvalidImageException.Reason;

/**
 * Walks a PNG's chunks. Only IHDR, PLTE and IDAT go to the decoder: compressed texts and profiles
 * are a way to make a reader inflate gigabytes. Transparency and EXIF are read here.
 */
final class PngScanner {
  private static final int SIGNATURE_LENGTH = 8;
  private static final int CHUNK_FRAME = 12;
  private static final int IHDR_LENGTH = 13;

  /** DEFLATE can not expand further than this; fewer IDAT bytes can not hold the pixels. */
  private static final long MAX_EXPANSION = 1032;

  private final ByteReader in;
  private final ImageLimits limits;
  private final ByteArrayOutputStream essence;
  private @Nullable PngTransparency transparency;
  private Orientation orientation = Orientation.UPRIGHT;

  PngScanner(byte[] bytes, ImageLimits limits) {
    this.in = new ByteReader(bytes);
    this.limits = limits;
    this.essence = new ByteArrayOutputStream(bytes.length);
  }

  ScannedImage scan() {
    int pos = SIGNATURE_LENGTH;
    in.require(pos, 8);
    if (!in.startsWith(pos + 4, "IHDR") || in.u32Big(pos) != IHDR_LENGTH) {
      throw damaged("its first chunk is not a header");
    }
    long width = in.u32Big(pos + 8);
    long height = in.u32Big(pos + 12);
    limits.checkSize(width, height);
    essence.write(in.bytes(), 0, SIGNATURE_LENGTH);
    long dataBytes = 0;
    boolean ended = false;
    while (!ended) {
      in.require(pos, CHUNK_FRAME);
      long length = in.u32Big(pos);
      in.require(pos, CHUNK_FRAME + length);
      ended = in.startsWith(pos + 4, "IEND");
      if (in.startsWith(pos + 4, "IDAT")) {
        dataBytes += length;
      }
      if (in.startsWith(pos + 4, "tRNS")) {
        checkSum(pos, (int) length);
        if (transparency == null && dataBytes == 0) {
          transparency = PngTransparency.read(in.copy(pos + 8, length), colourType(), depth());
        }
      } else if (in.startsWith(pos + 4, "eXIf")) {
        orientation = Orientation.of(in.copy(pos + 8, length));
      } else {
        keepIfPixels(pos, (int) length);
      }
      pos += CHUNK_FRAME + (int) length;
    }
    checkEnoughData(width, height, dataBytes);
    PngFrame frame =
        new PngFrame(
            essence.toByteArray(),
            (int) width,
            (int) height,
            transparency == null ? PngTransparency.NONE : transparency);
    return ScannedImage.whole(ImageFormat.PNG, (int) width, (int) height, orientation, frame);
  }

  private int depth() {
    return in.u8(SIGNATURE_LENGTH + 16);
  }

  private int colourType() {
    return in.u8(SIGNATURE_LENGTH + 17);
  }

  private void checkSum(int pos, int length) {
    CRC32 crc = new CRC32();
    crc.update(in.bytes(), pos + 4, length + 4);
    if (crc.getValue() != in.u32Big(pos + 8 + length)) {
      throw damaged("a checksum is wrong");
    }
  }

  private void keepIfPixels(int pos, int length) {
    boolean pixels =
        in.startsWith(pos + 4, "IHDR")
            || in.startsWith(pos + 4, "PLTE")
            || in.startsWith(pos + 4, "IDAT")
            || in.startsWith(pos + 4, "IEND");
    if (pixels) {
      checkSum(pos, length);
      essence.write(in.bytes(), pos, CHUNK_FRAME + length);
    } else if ((in.u8(pos + 4) & 0x20) == 0) {
      throw new InvalidImageException(
          Reason.UNSUPPORTED, "the PNG needs a chunk type that is not known here");
    }
  }

  private void checkEnoughData(long width, long height, long dataBytes) {
    int samples =
        switch (colourType()) {
          case 0, 3 -> 1;
          case 2 -> 3;
          case 4 -> 2;
          case 6 -> 4;
          default -> throw damaged("its colour type does not exist");
        };
    if (dataBytes * MAX_EXPANSION < width * height * samples * depth() / 8) {
      throw new InvalidImageException(
          Reason.TRUNCATED,
          "the PNG's %d data bytes can not hold %d x %d pixels"
              .formatted(dataBytes, width, height));
    }
  }

  private static InvalidImageException damaged(String what) {
    return new InvalidImageException(Reason.DAMAGED, "the PNG is damaged: " + what);
  }
}
