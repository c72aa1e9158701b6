package org.omnimamba.web.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class StrictJsonTest {
  private final JsonMapper mapper = mapper();

  record Sample(
      String text,
      Integer number,
      Boolean flag,
      Instant time,
      List<String> list,
      Map<String, String> map) {}

  private static JsonMapper mapper() {
    JsonMapper.Builder builder = JsonMapper.builder();
    StrictJson.apply(builder);
    return builder.build();
  }

  @Test
  void readsWhatIsMeantAndTakesNullForAbsent() {
    Sample sample =
        mapper.readValue(
            """
            {"text": "\\ud83c\\udf4e", "number": 7, "flag": true, "time": "9999-12-31t23:59:59.5z",
             "list": ["a"], "map": {"a": "b"}}
            """,
            Sample.class);
    assertThat(sample)
        .isEqualTo(
            new Sample(
                "\ud83c\udf4e",
                7,
                true,
                Instant.parse("9999-12-31T23:59:59.5Z"),
                List.of("a"),
                Map.of("a", "b")));
    assertThat(mapper.readValue("{\"text\":null,\"number\":null}", Sample.class))
        .isEqualTo(new Sample(null, null, null, null, null, null));
    assertThat(mapper.readValue("{\"time\":\"2026-11-28T13:00:00+01:00\"}", Sample.class).time())
        .isEqualTo(Instant.parse("2026-11-28T12:00:00Z"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"text\":5} | VALUE | /text",
        "{\"text\":true} | VALUE | /text",
        "{\"text\":{}} | VALUE | /text",
        "{\"text\":\"\\ud83c\"} | VALUE | /text",
        "{\"text\":\"\\udf4e\\ud83c\"} | VALUE | /text",
        "{\"number\":1.9} | VALUE | /number",
        "{\"number\":\"1\"} | VALUE | /number",
        "{\"number\":\"\"} | VALUE | /number",
        "{\"number\":\"null\"} | VALUE | /number",
        "{\"number\":true} | VALUE | /number",
        "{\"number\":99999999999} | VALUE | /number",
        "{\"flag\":1} | VALUE | /flag",
        "{\"flag\":\"true\"} | VALUE | /flag",
        "{\"flag\":\"\"} | VALUE | /flag",
        "{\"time\":\"\"} | VALUE | /time",
        "{\"time\":1764000000} | VALUE | /time",
        "{\"time\":1764000000.5} | VALUE | /time",
        "{\"time\":\"1764000000\"} | VALUE | /time",
        "{\"time\":\"2026-11-28\"} | VALUE | /time",
        "{\"time\":\"+294277-01-01T00:00:00Z\"} | VALUE | /time",
        "{\"time\":\"-0001-01-01T00:00:00Z\"} | VALUE | /time",
        "{\"time\":\"0000-12-31T23:59:59Z\"} | VALUE | /time",
        "{\"time\":\"0001-01-01T00:00:00+01:00\"} | VALUE | /time",
        "{\"time\":\"9999-12-31T23:59:59-01:00\"} | VALUE | /time",
        "{\"list\":\"a\"} | VALUE | /list",
        "{\"list\":\"\"} | VALUE | /list",
        "{\"list\":[1]} | VALUE | /list/0",
        "{\"map\":\"\"} | VALUE | /map",
        "{\"map\":{\"a/b\":1.50}} | VALUE | /map/a~1b",
        "{\"other\":1} | UNKNOWN_MEMBER | /other",
        "{\"text\":\"a\",\"text\":\"b\"} | MALFORMED | ~~",
        "{} {} | MALFORMED | ~~",
        "[] | MALFORMED | ~~",
        "\"\" | MALFORMED | ~~",
        "{\"text\": | MALFORMED | ~~"
      })
  void namesTheMistake(String json, JsonMistake.Kind kind, String pointer) {
    JacksonException refused =
        catchThrowableOfType(JacksonException.class, () -> mapper.readValue(json, Sample.class));
    JsonMistake mistake = JsonMistake.of(refused);
    assertThat(mistake.kind()).as("%s", refused).isEqualTo(kind);
    assertThat(mistake.pointer()).isEqualTo(pointer);
    assertThat(mistake.detail()).isNotEmpty().doesNotContain("omnimamba", "Sample", "java");
  }
}
