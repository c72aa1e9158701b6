package org.omnimamba.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.omnimamba.model.image.InvalidImageException.Reason;

class HostileImageTest {
  private static final ImageLimits SMALL = new ImageLimits(20_000, 100, 5_000);

  static Stream<Arguments> hostile() {
    byte[] png = ImageFixtures.encoded("rgb.png");
    byte[] jpeg = ImageFixtures.encoded("jpeg-420.jpg");
    byte[] webp = ImageFixtures.encoded("webp-lossy.webp");
    byte[] gif = ImageFixtures.encoded("gif.gif");
    return Stream.of(
        refused("nothing", Reason.NOT_AN_IMAGE, new byte[0]),
        refused("text", Reason.NOT_AN_IMAGE, "hello".getBytes(StandardCharsets.UTF_8)),
        refused("svg", Reason.NOT_AN_IMAGE, "<svg/>".getBytes(StandardCharsets.UTF_8)),
        refused("bmp", Reason.NOT_AN_IMAGE, new byte[] {'B', 'M', 0, 0, 0, 0}),
        refused("half a PNG signature", Reason.NOT_AN_IMAGE, Arrays.copyOf(png, 5)),
        refused("RIFF that is sound", Reason.NOT_AN_IMAGE, patched(webp, 8, 'W', 'A', 'V', 'E')),
        refused("PNG signature alone", Reason.TRUNCATED, Arrays.copyOf(png, 8)),
        refused("JPEG signature alone", Reason.TRUNCATED, Arrays.copyOf(jpeg, 3)),
        refused("GIF signature alone", Reason.TRUNCATED, Arrays.copyOf(gif, 6)),
        refused("WebP signature alone", Reason.TRUNCATED, Arrays.copyOf(webp, 12)),
        refused("half a PNG", Reason.TRUNCATED, Arrays.copyOf(png, png.length / 2)),
        refused("half a JPEG", Reason.TRUNCATED, Arrays.copyOf(jpeg, jpeg.length - 40)),
        refused("half a WebP", Reason.TRUNCATED, Arrays.copyOf(webp, webp.length / 2)),
        refused("half a GIF", Reason.TRUNCATED, Arrays.copyOf(gif, gif.length - 30)),
        refused("20-megapixel PNG header, no data", Reason.TRUNCATED, bomb(5000, 4000, 0)),
        refused("20-megapixel PNG, hardly any data", Reason.TRUNCATED, bomb(5000, 4000, 100)),
        refused("100-megapixel PNG", Reason.TOO_MANY_PIXELS, bomb(10_000, 10_000, 100)),
        refused("PNG two billion wide", Reason.TOO_LONG_SIDE, bomb(Integer.MAX_VALUE, 1, 0)),
        refused("PNG over 2^31 wide", Reason.TOO_LONG_SIDE, bomb(-1, 1, 0)),
        refused("PNG zero wide", Reason.ZERO_SIZED, bomb(0, 10, 0)),
        refused("PNG zero high", Reason.ZERO_SIZED, bomb(10, 0, 0)),
        refused("PNG chunk of 2 GB", Reason.TRUNCATED, hugeChunk()),
        refused("PNG with a wrong checksum", Reason.DAMAGED, patched(png, png.length / 2, 0)),
        refused("PNG with zlib rubbish", Reason.DAMAGED, rubbishData()),
        refused("PNG without a header", Reason.DAMAGED, new PngBuilder().end().bytes()),
        refused("PNG of an unknown kind", Reason.UNSUPPORTED, unknownCriticalChunk()),
        refused("JPEG zero high", Reason.ZERO_SIZED, resizedJpeg(jpeg, 0, 24)),
        refused("JPEG of 4 gigapixels", Reason.TOO_LONG_SIDE, resizedJpeg(jpeg, 65_535, 65_535)),
        refused("JPEG larger than its data", Reason.TRUNCATED, resizedJpeg(jpeg, 4000, 5000)),
        refused("lossless JPEG", Reason.UNSUPPORTED, patched(jpeg, frame(jpeg) + 1, 0xc3)),
        refused("12-bit JPEG", Reason.UNSUPPORTED, patched(jpeg, frame(jpeg) + 4, 12)),
        refused("JPEG of 1,000 scans", Reason.UNSUPPORTED, manyScans()),
        refused("GIF zero wide", Reason.ZERO_SIZED, patched(gif, 6, 0, 0)),
        refused(
            "GIF with a huge screen", Reason.TOO_LONG_SIDE, patched(gif, 6, 255, 255, 255, 255)),
        refused("GIF without a frame", Reason.DAMAGED, patched(gif, firstFrame(gif), 0x3b)),
        refused("GIF frame larger than its data", Reason.TRUNCATED, largeFrame(gif)),
        refused("WebP zero wide", Reason.ZERO_SIZED, patched(webp, 26, 0, 0)),
        refused("WebP without a key frame", Reason.DAMAGED, patched(webp, 20, webp[20] | 1)),
        refused("WebP larger than its data", Reason.TRUNCATED, patched(webp, 26, 0, 8, 0, 8)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void refusesWithItsReason(String name, Reason reason, byte[] bytes) {
    InvalidImageException refusal = refusal(ImageLimits.DEFAULT, bytes);
    assertThat(refusal.reason()).isEqualTo(reason);
    assertThat(refusal.getMessage()).isNotBlank().doesNotContain("java.", "Exception");
  }

  @Test
  void refusesMoreBytesThanTheLimit() {
    byte[] bytes = Arrays.copyOf(ImageFixtures.encoded("rgb.png"), 20_001);
    assertThat(refusal(SMALL, bytes).reason()).isEqualTo(Reason.TOO_MANY_BYTES);
  }

  @Test
  void refusesMorePixelsThanTheLimitButTakesExactlyTheLimit() {
    RgbImage full = new RgbImage(50, 100, new byte[3 * 50 * 100]);
    assertThat(new ImageDecoder(SMALL).decode(ImageEncoder.png(full))).isEqualTo(full);
    RgbImage over = new RgbImage(51, 100, new byte[3 * 51 * 100]);
    assertThat(refusal(SMALL, ImageEncoder.png(over)).reason()).isEqualTo(Reason.TOO_MANY_PIXELS);
    RgbImage wide = new RgbImage(101, 1, new byte[3 * 101]);
    assertThat(refusal(SMALL, ImageEncoder.jpeg(wide, 90)).reason())
        .isEqualTo(Reason.TOO_LONG_SIDE);
  }

  /** 200 MB of zeros stand behind 200 kB of IDAT; the image needs 12 bytes of them. */
  @Test
  void inflatesNoMoreOfAPngThanTheImageNeeds() {
    byte[] bytes =
        new PngBuilder()
            .header(1, 4, 8, 0)
            .chunk("IDAT", PngBuilder.zeros(200 << 20))
            .end()
            .bytes();
    assertThat(new ImageDecoder(ImageLimits.DEFAULT).decode(bytes).height()).isEqualTo(4);
  }

  /** Texts and profiles inflate to 200 MB each; none of it reaches the decoder. */
  @Test
  void doesNotInflateTextsAndProfiles() {
    byte[] zeros = PngBuilder.zeros(200 << 20);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.writeBytes("name\0\0".getBytes(StandardCharsets.US_ASCII));
    text.writeBytes(zeros);
    PngBuilder png = new PngBuilder().header(1, 4, 8, 0).chunk("iCCP", text.toByteArray());
    for (int i = 0; i < 20; i++) {
      png.chunk("zTXt", text.toByteArray());
    }
    byte[] bytes = png.chunk("IDAT", PngBuilder.zeros(8)).end().bytes();
    assertThat(new ImageDecoder(ImageLimits.DEFAULT).decode(bytes).height()).isEqualTo(4);
  }

  /** The small ones: what follows tries each of their bytes. */
  static List<String> fixtures() {
    return ImageFixtures.names().stream()
        .filter(name -> ImageFixtures.encoded(name).length <= 700)
        .toList();
  }

  /** Cut off anywhere, an image is whole or an error, never half a picture. */
  @ParameterizedTest
  @MethodSource("fixtures")
  void cutOffAnywhereAnImageIsAnErrorOrWhole(String name) {
    byte[] bytes = ImageFixtures.encoded(name);
    ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
    RgbImage whole = decoder.decode(bytes);
    for (int length = 0; length < bytes.length; length++) {
      RgbImage decoded;
      try {
        decoded = decoder.decode(Arrays.copyOf(bytes, length));
      } catch (InvalidImageException e) {
        assertThat(e.reason()).isIn(Reason.TRUNCATED, Reason.NOT_AN_IMAGE);
        continue;
      }
      assertThat(decoded).as("%s cut to %d bytes", name, length).isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void changedAnywhereAnImageIsReadOrRefusedWithAReason(String name) {
    byte[] original = ImageFixtures.encoded(name);
    ImageDecoder decoder = new ImageDecoder(SMALL);
    Random random = new Random(original.length);
    int read = 0;
    for (int round = 0; round < 300; round++) {
      byte[] bytes = mutated(original, random);
      try {
        RgbImage decoded = decoder.decode(bytes);
        assertThat((long) decoded.width() * decoded.height()).isLessThanOrEqualTo(5_000);
        read++;
      } catch (InvalidImageException e) {
        assertThat(e.reason()).isNotNull();
      }
    }
    assertThat(read).isLessThan(300);
  }

  private static byte[] mutated(byte[] original, Random random) {
    byte[] bytes = original.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      bytes[random.nextInt(bytes.length)] =
          (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextBoolean() ? 0 : 255);
    }
    return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 20)) : bytes;
  }

  private static InvalidImageException refusal(ImageLimits limits, byte[] bytes) {
    InvalidImageException refusal =
        catchThrowableOfType(
            InvalidImageException.class, () -> new ImageDecoder(limits).decode(bytes));
    assertThat(refusal).as("refusal").isNotNull();
    return refusal;
  }

  private static Arguments refused(String name, Reason reason, byte[] bytes) {
    return Arguments.of(name, reason, bytes);
  }

  private static byte[] patched(byte[] bytes, int at, int... values) {
    byte[] copy = bytes.clone();
    for (int i = 0; i < values.length; i++) {
      copy[at + i] = (byte) values[i];
    }
    return copy;
  }

  private static byte[] bomb(int width, int height, int dataBytes) {
    return new PngBuilder()
        .header(width, height, 8, 2)
        .chunk("IDAT", new byte[dataBytes])
        .end()
        .bytes();
  }

  private static byte[] hugeChunk() {
    return new PngBuilder().header(8, 8, 8, 2).chunkClaiming("IDAT", Integer.MAX_VALUE).bytes();
  }

  private static byte[] rubbishData() {
    return new PngBuilder().header(8, 8, 8, 2).chunk("IDAT", new byte[500]).end().bytes();
  }

  private static byte[] unknownCriticalChunk() {
    return new PngBuilder()
        .header(8, 8, 8, 2)
        .chunk("CgBI", new byte[4])
        .chunk("IDAT", PngBuilder.zeros(200))
        .end()
        .bytes();
  }

  private static int frame(byte[] jpeg) {
    for (int i = 0; i < jpeg.length; i++) {
      if (jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) 0xc0) {
        return i;
      }
    }
    throw new IllegalArgumentException("no frame");
  }

  private static byte[] resizedJpeg(byte[] jpeg, int height, int width) {
    return patched(jpeg, frame(jpeg) + 5, height >> 8, height, width >> 8, width);
  }

  /** A progressive JPEG whose last scan is said again and again. */
  private static byte[] manyScans() {
    byte[] jpeg = ImageFixtures.encoded("jpeg-progressive.jpg");
    int scan = 0;
    for (int i = 0; i + 1 < jpeg.length; i++) {
      if (jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) 0xda) {
        scan = i;
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, scan);
    for (int i = 0; i < 1000; i++) {
      out.write(jpeg, scan, jpeg.length - 2 - scan);
    }
    out.write(jpeg, jpeg.length - 2, 2);
    return out.toByteArray();
  }

  private static int firstFrame(byte[] gif) {
    for (int i = 13 + 3 * 32; i < gif.length; i++) {
      if (gif[i] == 0x2c) {
        return i;
      }
    }
    throw new IllegalArgumentException("no frame");
  }

  private static byte[] largeFrame(byte[] gif) {
    return patched(gif, firstFrame(gif) + 5, 0xa0, 0x0f, 0x88, 0x13);
  }
}
