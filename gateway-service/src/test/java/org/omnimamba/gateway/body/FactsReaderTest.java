package org.omnimamba.gateway.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.gateway.errors.ApiException;
import org.omnimamba.web.body.ByteBudget;
import org.omnimamba.web.replica.PictureAffinity;

class FactsReaderTest {
  private final FactsReader reader = new FactsReader(8);

  private RequestFacts read(String json) {
    return reader.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String chat(String picture) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\","
        + "\"image_url\":{\"url\":\""
        + picture
        + "\"}}]}],\"stream\":true,\"max_tokens\":9,\"max_completion_tokens\":7,\"n\":3}";
  }

  @Test
  void takesWhatTheGatewayNeeds() {
    RequestFacts facts = read(chat("data:image/png;base64,AAAA"));
    assertThat(facts.asked()).isEqualTo(7);
    assertThat(facts.count()).isEqualTo(3);
    assertThat(facts.stream()).isTrue();
    assertThat(facts.picture()).isNotZero();
  }

  @Test
  void namesAPictureByItsBytes() {
    long one = read(chat("data:image/png;base64,AAAA")).picture();
    assertThat(read(chat("data:image/png;base64,AAAA")).picture()).isEqualTo(one);
    assertThat(read(chat("data:image/png;base64,AAAB")).picture()).isNotEqualTo(one);
    assertThat(read(chat("https://example.org/a.png")).picture()).isZero();
    assertThat(read("{\"prompt\":\"data:x\"}").picture()).isZero();
    String plain =
        "{\"messages\":[{\"content\":[{\"image_url\":\"data:image/png;base64,AAAA\"}]}]}";
    assertThat(read(plain).picture())
        .as("however it is written, and for jobs too")
        .isEqualTo(one)
        .isEqualTo(PictureAffinity.of("data:image/png;base64,AAAA"));
  }

  @Test
  void looksAtTheOutermostObjectOnly() {
    RequestFacts facts = read("{\"a\":{\"stream\":true,\"n\":5,\"max_tokens\":1}}");
    assertThat(facts).isEqualTo(new RequestFacts(null, 1, false, 0, false, false, null));
  }

  @Test
  void knowsWhatAResponseMayGenerate() {
    RequestFacts facts =
        read(
            "{\"max_output_tokens\":9,\"background\":true,"
                + "\"tools\":[{\"type\":\"image_generation\"}]}");
    assertThat(facts.asked()).isEqualTo(9);
    assertThat(facts.background()).isTrue();
    assertThat(facts.drawing()).isTrue();
    assertThat(read("{\"input\":\"image_generation\",\"tools\":[]}").drawing()).isFalse();
  }

  @Test
  void findsWhereAddressesOfPicturesAreAskedFor() {
    String asked = "{\"prompt\":\"\u00e4\", \"response_format\" : \"url\" ,\"n\":2}";
    RequestFacts.Span span = read(asked).urlFormat();
    byte[] changed =
        new RequestBody(asked.getBytes(StandardCharsets.UTF_8), new ByteBudget(1000).open())
            .with(span, "\"b64_json\"")
            .bytes();
    assertThat(new String(changed, StandardCharsets.UTF_8))
        .isEqualTo(asked.replace("\"url\"", "\"b64_json\""));
    assertThat(read("{\"response_format\":\"\\u0075rl\"}").urlFormat())
        .isEqualTo(new RequestFacts.Span(19, 29));
    assertThat(read("{\"response_format\":\"b64_json\",\"user\":\"url\"}").urlFormat()).isNull();
    assertThat(read("{\"a\":{\"response_format\":\"url\"}}").urlFormat()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"n\":\"3\"}",
        "{\"n\":0}",
        "{\"n\":-1}",
        "{\"n\":1e1}",
        "{\"n\":null}",
        "{\"n\":-123456789012345678901234567890}"
      })
  void leavesSenselessNumbersToTheService(String json) {
    assertThat(read(json).count()).isEqualTo(1);
  }

  /**
   * What a service refuses today it may take tomorrow; nothing is generated that was not reserved.
   */
  @ParameterizedTest
  @CsvSource({
    "11,11",
    "1000,1000",
    "99999999999,1048576",
    "123456789012345678901234567890,1048576"
  })
  void takesLargeNumbersAsTheyAre(String number, int count) {
    RequestFacts facts = read("{\"n\":" + number + ",\"max_tokens\":" + number + "}");
    assertThat(facts.count()).isEqualTo(count);
    assertThat(facts.asked()).isGreaterThanOrEqualTo(count);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{|invalid_json",
        "[]|invalid_json",
        "{\"a\":1}}|invalid_json",
        "{\"a\":1}{\"a\":2}|invalid_json",
        "{\"a\":NaN}|invalid_json",
        "{\"a\":01}|invalid_json",
        "{'a':1}|invalid_json",
        "{\"a\":1,}|invalid_json",
        "{/**/\"a\":1}|invalid_json",
        "{\"a\":1,\"a\":2}|duplicate_key",
        "{\"a\":1,\"\\u0061\":2}|duplicate_key",
        "{\"x\":[{\"b\":1,\"b\":1}]}|duplicate_key",
        "{\"a\":[[[[[[[[1]]]]]]]]}|invalid_json",
        "\"text\"|invalid_json",
      })
  void refusesWhatCouldBeReadInTwoWays(String json, String code) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> {
              assertThat(refusal.status().value()).isEqualTo(400);
              assertThat(refusal.code()).isEqualTo(code);
            });
  }

  @ParameterizedTest
  @CsvSource({"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE", "ISO-8859-1"})
  void refusesOtherEncodings(String charset) {
    byte[] body = "{\"a\":\"\u00e4\"}".getBytes(Charset.forName(charset));
    assertThatThrownBy(() -> reader.read(body))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> assertThat(refusal.code()).isEqualTo("invalid_encoding"));
  }

  @Test
  void refusesAByteOrderMark() {
    assertThatThrownBy(() -> read("\ufeff{}")).isInstanceOf(ApiException.class);
  }
}
