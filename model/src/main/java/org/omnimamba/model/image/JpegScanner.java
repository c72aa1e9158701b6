package org.omnimamba.model.image;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.image.InvalidImageException.Reason;

/**
 * Walks a JPEG's segments up to its end marker, as forgiving between them as libjpeg: stray bytes
 * are passed over, and application segments may be damaged. Those are read here where they say how
 * colours are stored and how the picture is turned, and left out of what goes to the decoder.
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

  private static final int TEM = 0x01;
  private static final int SOI = 0xd8;
  private static final int APP1 = 0xe1;

  /** Least lengths with marker, as libjpeg wants them; the Adobe transform is the last byte. */
  private static final int JFIF_BYTES = 18;

  private static final int ADOBE_BYTES = 16;

  private static final int[] CHANNELS = {1, 3, 4};

  /** Makes the runtime's decoder take three channels for luma and chroma, and so leave them be. */
  private static final byte[] JFIF = {
    (byte) 0xff, (byte) APP0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
  };

  /**
   * Each scan may touch every block, so a small file of many scans is work without bound. Encoders
   * write about ten.
   */
  private static final int MAX_SCANS = 32;

  private final ByteReader in;
  private final ImageLimits limits;
  private final ByteArrayOutputStream body;
  private int width;
  private int height;
  private int channels;
  private String channelIds = "";
  private boolean jfif;
  private int adobeTransform = JpegColours.NO_ADOBE;
  private @Nullable Orientation orientation;
  private int scans;

  JpegScanner(byte[] bytes, ImageLimits limits) {
    this.in = new ByteReader(bytes);
    this.limits = limits;
    this.body = new ByteArrayOutputStream(bytes.length);
  }

  ScannedImage scan() {
    int pos = nextMarker(2);
    for (int marker = in.u8(pos + 1); marker != EOI; marker = in.u8(pos + 1)) {
      if (marker == SOI) {
        throw damaged("it begins twice");
      }
      int next = pos + 2;
      if (!standsAlone(marker)) {
        next = isApplication(marker) ? afterApplication(pos, marker) : afterSegment(pos, marker);
      }
      pos = nextMarker(next);
    }
    if (scans == 0) {
      throw damaged("it has no scan");
    }
    JpegColours colours = JpegColours.guess(channels, jfif, adobeTransform, channelIds);
    return ScannedImage.whole(
        ImageFormat.JPEG,
        width,
        height,
        orientation == null ? Orientation.UPRIGHT : orientation,
        new JpegFrame(essence(), width, height, colours));
  }

  private byte[] essence() {
    ByteArrayOutputStream essence = new ByteArrayOutputStream(body.size() + JFIF.length + 4);
    essence.write(0xff);
    essence.write(SOI);
    if (channels == 3) {
      essence.writeBytes(JFIF);
    }
    essence.writeBytes(body.toByteArray());
    essence.write(0xff);
    essence.write(EOI);
    return essence.toByteArray();
  }

  /** Position of the next 0xff that a marker follows; what lies before it is passed over. */
  private int nextMarker(int from) {
    int pos = from;
    while (in.u8(pos) != 0xff || in.u8(pos + 1) == 0 || in.u8(pos + 1) == 0xff) {
      pos++;
    }
    return pos;
  }

  private static boolean standsAlone(int marker) {
    return marker == TEM || (marker >= RST0 && marker <= RST7);
  }

  private static boolean isApplication(int marker) {
    return marker == COM || (marker >= APP0 && marker <= APP15);
  }

  /** Reads an application segment or comment, and returns the position after it. */
  private int afterApplication(int pos, int marker) {
    int length = 2 + Math.max(2, in.u16Big(pos + 2));
    in.require(pos, length);
    if (marker == APP0 && in.startsWith(pos + 4, "JFIF\0") && length >= JFIF_BYTES) {
      jfif = true;
    } else if (marker == APP14 && in.startsWith(pos + 4, "Adobe") && length >= ADOBE_BYTES) {
      adobeTransform = in.u8(pos + ADOBE_BYTES - 1);
    } else if (marker == APP1 && in.startsWith(pos + 4, "Exif\0\0") && orientation == null) {
      orientation = Orientation.of(in.copy(pos + 4, length - 4));
    }
    return pos + length;
  }

  /** Keeps any other segment, a scan with its data, and returns the position after it. */
  private int afterSegment(int pos, int marker) {
    int length = 2 + in.u16Big(pos + 2);
    if (length < 4) {
      throw damaged("a segment is shorter than its length field");
    }
    in.require(pos, length);
    if (isFrame(marker)) {
      readFrame(pos, marker);
    }
    int next = pos + length;
    if (marker == SOS) {
      countScan();
      next = endOfEntropyData(next);
    }
    body.write(in.bytes(), pos, next - pos);
    return next;
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
    if (Arrays.stream(CHANNELS).noneMatch(read -> read == channels)) {
      throw new InvalidImageException(
          Reason.UNSUPPORTED, "a JPEG of %d colour channels is not read".formatted(channels));
    }
    StringBuilder ids = new StringBuilder();
    for (int i = 0; i < channels; i++) {
      ids.append((char) in.u8(pos + 10 + 3 * i));
    }
    channelIds = ids.toString();
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

  private static InvalidImageException damaged(String what) {
    return new InvalidImageException(Reason.DAMAGED, "the JPEG is damaged: " + what);
  }
}
