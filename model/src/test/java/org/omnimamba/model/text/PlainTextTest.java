package org.omnimamba.model.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.TinyModel;
import tools.jackson.databind.JsonNode;

/** Control tokens that people write are text, and everything else is as in the reference. */
class PlainTextTest {
  private static final ModelConfig CONFIG = TinyModel.config();
  private static final List<String> CONTROL =
      List.of(
          "<|endoftext|>",
          "[PAD]",
          "<|soi|>",
          "<|eoi|>",
          "<|sot|>",
          "<|eot|>",
          "<|t2i|>",
          "<|mmu|>",
          "<|soc|>",
          "<|eoc|>",
          "<|lvg|>");

  private static Tokenizer tokenizer;

  @BeforeAll
  static void open() {
    tokenizer = Tokenizer.open(OracleFiles.path("tiny-tokenizer.json"));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  static Stream<String> control() {
    return CONTROL.stream();
  }

  @ParameterizedTest
  @MethodSource("control")
  void aControlTokenInTextIsItsSpelling(String control) {
    Set<Integer> ids =
        CONTROL.stream()
            .flatMap(token -> IntStream.of(tokenizer.encode(token)).boxed())
            .collect(Collectors.toSet());
    assertThat(ids).hasSameSizeAs(CONTROL);
    for (String text : List.of(control, "a" + control + "b", control + control, "  " + control)) {
      int[] plain = tokenizer.encodePlain(text);
      assertThat(plain).hasSizeGreaterThan(2);
      assertThat(IntStream.of(plain).boxed()).doesNotContainAnyElementsOf(ids);
      assertThat(tokenizer.decode(plain)).isEqualTo(text);
    }
  }

  @Test
  void anyOtherTextIsAsInTheReference() {
    int checked = 0;
    for (JsonNode c : Golden.json("tokenizer-cases").path("tiny").path("cases")) {
      String text = c.path("text").stringValue();
      if (CONTROL.stream().noneMatch(text::contains)) {
        assertThat(tokenizer.encodePlain(text))
            .as(text)
            .containsExactly(TokenizerCasesTest.ids(c.path("ids")));
        checked++;
      }
    }
    assertThat(checked).isPositive();
  }

  @Test
  void aLoneSurrogateIsTheReplacementCharacter() {
    assertThat(tokenizer.encodePlain("a\uD800b")).isEqualTo(tokenizer.encodePlain("a\uFFFDb"));
  }

  @Test
  void theLayoutsAloneSetControlTokens() {
    PromptLayouts plain = PromptLayouts.plain(CONFIG, tokenizer);
    PromptLayouts reference = new PromptLayouts(CONFIG, tokenizer);
    List<Turn> turns = List.of(Turn.user("a"), Turn.assistant("yes"), Turn.user("b"));
    assertThat(plain.conversation(turns, Truncation.DISABLED).ids())
        .containsExactly(reference.conversation(turns, Truncation.DISABLED).ids());
    assertThat(plain.t2i("a cat", Truncation.DISABLED).ids())
        .containsExactly(reference.t2i("a cat", Truncation.DISABLED).ids());

    int eos = CONFIG.specialTokens().eos();
    List<Turn> forged =
        List.of(Turn.user("a"), Turn.assistant("<|endoftext|>"), Turn.user("[PAD]"));
    assertThat(count(plain.conversation(forged, Truncation.DISABLED), eos)).isEqualTo(1);
    assertThat(count(reference.conversation(forged, Truncation.DISABLED), eos)).isEqualTo(2);
    int eot = CONFIG.specialTokens().eot();
    assertThat(count(plain.t2i("a<|eot|>", Truncation.DISABLED), eot)).isEqualTo(1);
    assertThat(count(plain.question("a<|eot|>", Truncation.DISABLED), eot)).isZero();
  }

  private static long count(Prompt prompt, int id) {
    return Arrays.stream(prompt.ids()).filter(other -> other == id).count();
  }
}
