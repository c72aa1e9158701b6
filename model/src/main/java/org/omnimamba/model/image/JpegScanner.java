package org.omnimamba.model.image;

import java.io.ByteArrayOutputStream;
import org.omnimamba.model.image.InvalidImageException.Reason;

/**
 * Walks a JPEG's segments up to its end marker. Of the application segments only JFIF and Adobe are
 * kept, which say how colours are stored; EXIF (the reference ignores its orientation), profiles
 * and comments are left out.
 */
final class JpegScanner {
  private static final int SOF0 = 0xc0;
  private static final int SOF2 = 0xc2;
  private static final int DHT = 0xc4;
  private static final int JPG = 0xc8;
  private static final int DAC = 0xcc;
  private static final int SOF15 = 0xcf;
  private static final int RST0 = 0xd0;
  private static final int RST7 = 0xd7;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int APP0 = 0xe0;
  private static final int APP14 = 0xee;
  private static final int APP15 = 0xef;
  private static final int COM = 0xfe;

  /** Length of an Adobe segment with its marker; the transform is its last byte. */
  private static final int ADOBE_BYTES = 16;

  private static final int ADOBE_YCCK = 2;
  private static final int CMYK_CHANNELS = 4;

  /**
   * Each scan may touch every block, so a small file of many scans is work without bound. Encoders
   * write about ten.
   */
  private static final int MAX_SCANS = 32;

  private final ByteReader in;
  private final ImageLimits limits;
  private final ByteArrayOutputStream essence;
  private int width;
  private int height;
  private int channels;
  private int adobeTransform;
  private int scans;

  JpegScanner(byte[] bytes, ImageLimits limits) {
    this.in = new ByteReader(bytes);
    this.limits = limits;
    this.essence = new ByteArrayOutputStream(bytes.length);
  }

  ScannedImage scan() {
    essence.write(in.bytes(), 0, 2);
    int pos = 2;
    while (true) {
      pos = skipFill(pos);
      int marker = in.u8(pos + 1);
      if (marker == EOI) {
        break;
      }
      int length = 2 + segmentLength(pos, marker);
      in.require(pos, length);
      if (isFrame(marker)) {
        readFrame(pos, marker);
      }
      if (marker == APP14 && in.startsWith(pos + 4, "Adobe") && length >= ADOBE_BYTES) {
        adobeTransform = in.u8(pos + ADOBE_BYTES - 1);
      }
      int next = pos + length;
      if (marker == SOS) {
        countScan();
        next = endOfEntropyData(next);
      }
      if (isKept(pos, marker)) {
        essence.write(in.bytes(), pos, next - pos);
      }
      pos = next;
    }
    if (scans == 0) {
      throw damaged("it has no scan");
    }
    essence.write(0xff);
    essence.write(EOI);
    return ScannedImage.whole(ImageFormat.JPEG, width, height, inks(), essence.toByteArray());
  }

  private InkModel inks() {
    if (channels != CMYK_CHANNELS) {
      return InkModel.NONE;
    }
    return adobeTransform == ADOBE_YCCK ? InkModel.YCCK : InkModel.CMYK;
  }

  /** A marker may be preceded by any number of 0xff. */
  private int skipFill(int pos) {
    if (in.u8(pos) != 0xff) {
      throw damaged("a marker is missing");
    }
    int at = pos;
    while (in.u8(at + 1) == 0xff) {
      at++;
    }
    return at;
  }

  private int segmentLength(int pos, int marker) {
    if (marker == 0 || (marker >= RST0 && marker <= RST7)) {
      throw damaged("a marker stands where none may");
    }
    int length = in.u16Big(pos + 2);
    if (length < 2) {
      throw damaged("a segment is shorter than its length field");
    }
    return length;
  }

  private static boolean isFrame(int marker) {
    return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
  }

  private void readFrame(int pos, int marker) {
    if (channels != 0) {
      throw damaged("it has two frames");
    }
    height = in.u16Big(pos + 5);
    width = in.u16Big(pos + 7);
    limits.checkSize(width, height);
    if (marker > SOF2 || in.u8(pos + 4) != 8) {
      throw new InvalidImageException(
          Reason.UNSUPPORTED, "only 8-bit baseline and progressive JPEGs are read");
    }
    channels = in.u8(pos + 9);
    if (channels != 1 && channels != 3 && channels != CMYK_CHANNELS) {
      throw new InvalidImageException(
          Reason.UNSUPPORTED, "a JPEG of %d colour channels is not read".formatted(channels));
    }
  }

  private void countScan() {
    if (channels == 0) {
      throw damaged("a scan comes before the frame");
    }
    if (++scans > MAX_SCANS) {
      throw new InvalidImageException(
          Reason.UNSUPPORTED, "the JPEG has more than %d scans".formatted(MAX_SCANS));
    }
  }

  /** In entropy-coded data only stuffed zeros and restart markers may follow 0xff. */
  private int endOfEntropyData(int from) {
    byte[] bytes = in.bytes();
    for (int i = from; i + 1 < bytes.length; i++) {
      if (bytes[i] == (byte) 0xff) {
        int next = bytes[i + 1] & 0xff;
        if (next != 0 && next != 0xff && (next < RST0 || next > RST7)) {
          return i;
        }
      }
    }
    throw new InvalidImageException(Reason.TRUNCATED, "the JPEG is cut off: it has no end marker");
  }

  private boolean isKept(int pos, int marker) {
    if (marker == APP0) {
      return in.startsWith(pos + 4, "JFIF\0");
    }
    if (marker == APP14) {
      return in.startsWith(pos + 4, "Adobe");
    }
    return marker != COM && !(marker > APP0 && marker <= APP15);
  }

  private static InvalidImageException damaged(String what) {
    return new InvalidImageException(Reason.DAMAGED, "the JPEG is damaged: " + what);
  }
}
