package org.omnimamba.inference.http;

import static org.omnimamba.inference.http.BadRequest.CHAT;
import static org.omnimamba.inference.http.BadRequest.SERVER;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Pictures that are none, lie about themselves, or are too much. */
class BadPicturesTest {
  /** Signature and first chunk. */
  private static final int PNG_HEADER = 33;

  @AfterAll
  static void nothingIsHeld() {
    BadRequest.assertNothingIsHeld();
  }

  @TestFactory
  Stream<DynamicTest> eachGetsItsError() {
    return BadRequest.tests(pictures());
  }

  private static List<BadRequest> pictures() {
    byte[] png = Photos.small();
    byte[] zeroSized = withSize(png, 0, 40);
    byte[] twentyMegapixels = Arrays.copyOf(withSize(png, 5000, 4000), PNG_HEADER);
    byte[] bomb = withSize(png, 16_000, 16_000);
    String second = "," + picture(dataUri(png));
    return List.of(
        pictured("remote", picture("https://example.org/a.png"), "unsupported_image_url"),
        pictured("a file", picture("file:///etc/passwd"), "unsupported_image_url"),
        pictured("no comma", picture("data:image/png;base64"), "invalid_data_uri"),
        pictured("half a code", picture("data:image/png,%8"), "invalid_data_uri"),
        pictured("characters", picture("data:image/png,abc"), "image_not_an_image"),
        pictured("text", picture("data:text/plain;base64,aGk="), "image_not_an_image"),
        pictured("base64 with a hole", picture("data:image/png;base64,aGk=aGk="), "invalid_base64"),
        pictured("a wrong number of characters", picture("data:;base64,aGkaG"), "invalid_base64"),
        pictured("bad base64", picture("data:image/png;base64,$$$$"), "invalid_base64"),
        pictured("nothing", picture("data:image/png;base64,"), "image_not_an_image"),
        pictured(
            "not an image",
            picture(dataUri("hello, world".getBytes(StandardCharsets.UTF_8))),
            "image_not_an_image"),
        pictured(
            "cut off", picture(dataUri(Arrays.copyOf(png, png.length / 2))), "image_truncated"),
        pictured("zero-sized", picture(dataUri(zeroSized)), "image_zero_sized"),
        pictured("a header alone", picture(dataUri(twentyMegapixels)), "image_truncated"),
        pictured("a bomb", picture(dataUri(bomb)), "image_too_many_pixels"),
        pictured("too long", picture(dataUri(new byte[21 << 20])), "image_too_many_bytes"),
        new BadRequest(
            "picture: two",
            SERVER.post(CHAT, withParts(picture(dataUri(png)) + second)),
            400,
            "messages[0].content[2].image_url",
            "too_many_images"),
        new BadRequest(
            "picture: an address as a string",
            SERVER.post(
                CHAT,
                withParts("{\"type\":\"image_url\",\"image_url\":\"https://example.org/a.png\"}")),
            400,
            "messages[0].content[1].image_url",
            "unsupported_image_url"),
        new BadRequest(
            "picture: a number for an object",
            SERVER.post(CHAT, withParts("{\"type\":\"image_url\",\"image_url\":5}")),
            400,
            "messages[0].content[1].image_url",
            "invalid_type"));
  }

  private static BadRequest pictured(String name, String part, String code) {
    return new BadRequest(
        "picture: " + name,
        SERVER.post(CHAT, withParts(part)),
        400,
        "messages[0].content[1].image_url.url",
        code);
  }

  private static String withParts(String parts) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"},"
        + parts
        + "]}]}";
  }

  private static String picture(String url) {
    return "{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + url + "\"}}";
  }

  private static String dataUri(byte[] bytes) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes);
  }

  /** The PNG with another size in its header, and the header's checksum right. */
  private static byte[] withSize(byte[] png, int width, int height) {
    byte[] changed = png.clone();
    putInt(changed, 16, width);
    putInt(changed, 20, height);
    CRC32 checksum = new CRC32();
    checksum.update(changed, 12, 17);
    putInt(changed, 29, (int) checksum.getValue());
    return changed;
  }

  private static void putInt(byte[] bytes, int at, int value) {
    for (int i = 0; i < 4; i++) {
      bytes[at + i] = (byte) (value >>> (24 - 8 * i));
    }
  }
}
