package org.omnimamba.jobs.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestSummaryTest {
  private final JobJson json = new JobJson();

  private @Nullable String of(String body) {
    return RequestSummary.of(json.tree(body));
  }

  @Test
  void aPictureIsItsPrompt() {
    assertThat(of("{\"prompt\": \"a red apple, noto style\", \"n\": 2}"))
        .isEqualTo("a red apple, noto style");
  }

  @Test
  void aChatIsItsLastQuestion() {
    String body =
        """
        {"messages": [
          {"role": "system", "content": "Be brief."},
          {"role": "user", "content": "what is this?"},
          {"role": "assistant", "content": "An apple."},
          {"role": "user", "content": [
            {"type": "text", "text": "and"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            {"type": "text", "text": "its colour?"}]}]}
        """;
    assertThat(of(body)).isEqualTo("and its colour?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"prompt\": \" \\n \\u0000\"}",
        "{\"prompt\": 5}",
        "{\"messages\": {\"role\": \"user\", \"content\": \"x\"}}",
        "{\"messages\": [5, {\"role\": [], \"content\": \"x\"}]}",
        "{\"messages\": [{\"role\": \"system\", \"content\": \"x\"}]}",
        "{\"messages\": [{\"role\": \"user\", \"content\": {\"text\": \"x\"}}]}",
        "{\"messages\": [{\"role\": \"user\", \"content\": [\"x\", {\"text\": 5}]}]}"
      })
  void whatHasNoTextHasNone(String body) {
    assertThat(of(body)).isNull();
  }

  @Test
  void whiteSpaceAndControlCharactersAreSingleSpaces() {
    assertThat(of("{\"prompt\": \"  a\\u0000\\u001b\\n\\t\\u00a0\\u2003b \"}")).isEqualTo("a b");
  }

  @Test
  void aLongOneIsCutBetweenCharacters() {
    String longest = "🍎".repeat(RequestSummary.LONGEST);
    assertThat(of("{\"prompt\": \"" + longest + "\"}")).isEqualTo(longest);
    assertThat(of("{\"prompt\": \"" + longest + " \"}")).isEqualTo(longest);
    assertThat(of("{\"prompt\": \"" + longest + "x\"}"))
        .isEqualTo("🍎".repeat(RequestSummary.LONGEST - 1) + "…");
    String spaced = "x".repeat(RequestSummary.LONGEST - 2) + " yy";
    assertThat(of("{\"prompt\": \"" + spaced + "\"}"))
        .isEqualTo("x".repeat(RequestSummary.LONGEST - 2) + "…");
  }
}
