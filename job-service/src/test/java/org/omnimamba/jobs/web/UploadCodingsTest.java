package org.omnimamba.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.testing.UploadForm;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Parts of an upload that say in which coding they come. */
class UploadCodingsTest {
  private static final WebTestClient CLIENT = TestService.apiOnly().client("codings");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Transfer-Encoding: base64",
        "content-transfer-encoding: Quoted-Printable",
        "Content-Encoding: gzip",
      })
  void aPartThatWouldHaveToBeDecodedIsRefused(String header) {
    String answer =
        String.valueOf(
            new UploadForm()
                .field("purpose", "vision")
                .file(new byte[] {1}, header)
                .post(CLIENT)
                .expectStatus()
                .isBadRequest()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody());
    assertThat(answer.toLowerCase(Locale.ROOT))
        .contains("\"param\":\"file\"", "unsupported_encoding", header.toLowerCase(Locale.ROOT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"7bit", "8BIT", "binary"})
  void aPartThatIsNotCodedMaySaySo(String coding) {
    new UploadForm()
        .field("purpose", "vision")
        .file(new byte[] {1}, "Content-Transfer-Encoding: " + coding)
        .post(CLIENT)
        .expectStatus()
        .isOk();
  }
}
