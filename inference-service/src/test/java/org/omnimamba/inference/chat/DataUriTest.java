package org.omnimamba.inference.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.inference.api.ApiException;

class DataUriTest {
  /** Both of the characters that the two alphabets write differently are in its base64. */
  private static final byte[] BYTES = {
    (byte) 0x89,
    'P',
    'N',
    (byte) 0xfb,
    (byte) 0xef,
    (byte) 0xbe,
    (byte) 0xff,
    (byte) 0xff,
    (byte) 0xff,
    7
  };

  private static final String BASE64 = Base64.getEncoder().encodeToString(BYTES);

  static Stream<String> forms() {
    assertThat(BASE64).contains("+").contains("/").endsWith("==");
    String urlSafe = Base64.getUrlEncoder().encodeToString(BYTES);
    return Stream.of(
        "data:image/png;base64," + BASE64,
        "data:;base64," + BASE64,
        "data:application/octet-stream;base64," + BASE64,
        "data:image/jpg;base64," + BASE64,
        "data:image/png;charset=utf-8;name=photo.png;base64," + BASE64,
        "data:image/png; base64 ," + BASE64,
        "DATA:IMAGE/PNG;BASE64," + BASE64,
        " data:image/png;base64," + BASE64 + "\n",
        "data:image/png;base64," + urlSafe,
        "data:image/png;base64," + urlSafe.replace("=", ""),
        "data:image/png;base64," + BASE64.replace("=", ""),
        "data:image/png;base64," + BASE64.replace("==", "="),
        "data:image/png;base64," + BASE64.replaceAll(".{4}", "$0\r\n"),
        "data:image/png;base64, " + BASE64.replaceAll(".{3}", "$0 \t"),
        "data:image/png;base64,"
            + BASE64.replace("+", "%2B").replace("/", "%2f").replace("=", "%3D"),
        "data:image/png;base64," + BASE64.replaceAll(".{4}", "$0%0A"),
        "data:image/png,%89PN%fb%EF%be%ff%ff%ff%07");
  }

  @ParameterizedTest
  @MethodSource("forms")
  void everyFormStandsForTheSameBytes(String uri) {
    assertThat(DataUri.decode("url", uri, BYTES.length)).isEqualTo(BYTES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data:;base64,a",
        "data:;base64,aGk=aGk=",
        "data:;base64,aG*k",
        "data:;base64,aG\u0101k",
        "data:;base64,%4",
        "data:,%zz",
        "data:,\u0101",
        "data:image/png;base64",
        "data:",
        "iVBORw0KGgo=",
        "https://example.org/a.png"
      })
  void refusesWhatIsNone(String uri) {
    assertThatThrownBy(() -> DataUri.decode("url", uri, 100)).isInstanceOf(ApiException.class);
  }

  @Test
  void theLimitCountsBytesAndNotLineEnds() {
    String broken = "data:;base64," + BASE64.replaceAll(".", "$0\r\n");
    assertThat(DataUri.decode("url", broken, BYTES.length)).isEqualTo(BYTES);
    String tooLong =
        "data:;base64," + Base64.getEncoder().encodeToString(new byte[BYTES.length + 3]);
    assertThatThrownBy(() -> DataUri.decode("url", tooLong, BYTES.length - 3))
        .hasMessageContaining("longer than");
    assertThatThrownBy(() -> DataUri.decode("url", "data:,abcd", 3))
        .hasMessageContaining("longer than");
    assertThat(DataUri.decode("url", "data:,abc", 3))
        .isEqualTo("abc".getBytes(StandardCharsets.US_ASCII));
  }
}
