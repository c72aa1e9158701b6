package org.omnimamba.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pixel data that end early inside a container whose lengths, checksums and end marks are right: no
 * half picture may come out of these either.
 */
class MendedContainerTest {
  private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);

  @ParameterizedTest
  @ValueSource(strings = {"rgb.png", "palette.png", "grey-16bit.png", "interlaced.png"})
  void png(String name) {
    byte[] bytes = ImageFixtures.encoded(name);
    int data = indexOf(bytes, "IDAT") - 4;
    int length = ByteBuffer.wrap(bytes).getInt(data);
    for (int cut = 0; cut < length; cut++) {
      PngBuilder png = new PngBuilder();
      copyChunks(bytes, data, png);
      png.chunk("IDAT", Arrays.copyOfRange(bytes, data + 8, data + 8 + cut)).end();
      assertWholeOrRefused(name, cut, png.bytes());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"jpeg-420.jpg", "jpeg-444.jpg", "jpeg-grey.jpg", "jpeg-cmyk.jpg", "jpeg-rgb.jpg"})
  void jpeg(String name) {
    byte[] bytes = ImageFixtures.encoded(name);
    int scan = indexOf(bytes, "\u00ff\u00da") + 14;
    for (int length = scan; length < bytes.length - 2; length++) {
      byte[] cut = Arrays.copyOf(bytes, length + 2);
      cut[length] = (byte) 0xff;
      cut[length + 1] = (byte) 0xd9;
      assertWholeOrRefused(name, length, cut);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"webp-lossless.webp", "webp-lossless-alpha.webp", "webp-lossy.webp"})
  void webp(String name) {
    byte[] bytes = ImageFixtures.encoded(name);
    int chunk = Math.max(indexOf(bytes, "VP8 "), indexOf(bytes, "VP8L"));
    int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(chunk + 4);
    for (int cut = 10; cut < length; cut++) {
      ByteBuffer file = ByteBuffer.allocate(20 + cut + (cut & 1)).order(ByteOrder.LITTLE_ENDIAN);
      file.put(bytes, 0, 4).putInt(file.capacity() - 8).put(bytes, 8, 4);
      file.put(bytes, chunk, 4).putInt(cut).put(bytes, chunk + 8, cut);
      assertWholeOrRefused(name, cut, file.array());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gif.gif", "gif-grey.gif"})
  void gif(String name) {
    byte[] bytes = ImageFixtures.encoded(name);
    int colours = 13 + 3 * (2 << (bytes[10] & 7));
    int data = colours;
    while (bytes[data] != 0x2c) {
      data++;
    }
    data += 11;
    int block = bytes[data] & 0xff;
    for (int cut = 0; cut < block; cut++) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(bytes, 0, data);
      out.write(cut);
      out.write(bytes, data + 1, cut);
      if (cut > 0) {
        out.write(0);
      }
      out.write(0x3b);
      assertWholeOrRefused(name, cut, out.toByteArray());
    }
  }

  private void assertWholeOrRefused(String name, int cut, byte[] bytes) {
    RgbImage decoded;
    try {
      decoded = decoder.decode(bytes);
    } catch (InvalidImageException e) {
      assertThat(e.reason())
          .isIn(InvalidImageException.Reason.TRUNCATED, InvalidImageException.Reason.DAMAGED);
      return;
    }
    assertThat(decoded)
        .as("%s cut at %d", name, cut)
        .isEqualTo(decoder.decode(ImageFixtures.encoded(name)));
  }

  private static void copyChunks(byte[] bytes, int end, PngBuilder png) {
    int pos = 8;
    while (pos < end) {
      int length = ByteBuffer.wrap(bytes).getInt(pos);
      png.chunk(
          new String(bytes, pos + 4, 4, StandardCharsets.US_ASCII),
          Arrays.copyOfRange(bytes, pos + 8, pos + 8 + length));
      pos += 12 + length;
    }
  }

  private static int indexOf(byte[] bytes, String latin) {
    byte[] wanted = latin.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i + wanted.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }
}
