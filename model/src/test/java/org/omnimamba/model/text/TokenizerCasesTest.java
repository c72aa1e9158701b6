package org.omnimamba.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.Repository;
import tools.jackson.databind.JsonNode;

/**
 * Text to ids to text, against the reference's tokenizers (see docs/reference-behaviours.md, 17).
 */
class TokenizerCasesTest {
  private final JsonNode golden = Golden.json("tokenizer-cases");

  @TestFactory
  Stream<DynamicTest> tinyTokenizer() {
    Tokenizer tokenizer = Tokenizer.open(OracleFiles.path("tiny-tokenizer.json"));
    return cases(tokenizer, golden.path("tiny").path("cases")).onClose(tokenizer::close);
  }

  /**
   * The real tokenizer's file is too large for this repository; it lies beside it or not at all.
   */
  @TestFactory
  Stream<DynamicTest> gptNeoxTokenizer() {
    Path file = Repository.root().resolve("../shared/oracle/gpt-neox-20b-tokenizer.json");
    assumeTrue(Files.exists(file), () -> "skipped: there is no " + file);
    Tokenizer tokenizer = Tokenizer.open(file);
    return Stream.concat(
            cases(tokenizer, golden.path("cases")),
            Stream.of(
                DynamicTest.dynamicTest(
                    "size after adding",
                    () ->
                        assertThat(tokenizer.size())
                            .isEqualTo(golden.path("len_after_adding").intValue()))))
        .onClose(tokenizer::close);
  }

  private static Stream<DynamicTest> cases(Tokenizer tokenizer, JsonNode cases) {
    return List.copyOf(cases.values()).stream()
        .map(
            c -> DynamicTest.dynamicTest(c.path("text").toString(), () -> checkCase(tokenizer, c)));
  }

  private static void checkCase(Tokenizer tokenizer, JsonNode c) {
    int[] ids = ids(c.path("ids"));
    assertThat(tokenizer.encode(c.path("text").stringValue())).containsExactly(ids);
    String text = c.path("text").stringValue();
    if (!text.contains("<|") && !text.contains("[PAD]")) {
      assertThat(tokenizer.encodePlain(text)).containsExactly(ids);
    }
    assertThat(tokenizer.decode(ids)).isEqualTo(c.path("decoded").stringValue());
    StringBuilder streamed = new StringBuilder();
    IncrementalDetokenizer detokenizer = tokenizer.detokenizer();
    for (int id : ids) {
      streamed.append(detokenizer.append(id));
      assertThat(streamed.toString()).doesNotContain("\uFFFD");
    }
    assertThat(detokenizer.holdsIncompleteCharacter()).isFalse();
    assertThat(streamed.toString()).isEqualTo(tokenizer.decode(ids, true));
    if (c.has("decoded_skip_special")) {
      assertThat(tokenizer.decode(ids, true))
          .isEqualTo(c.path("decoded_skip_special").stringValue());
    }
  }

  static int[] ids(JsonNode array) {
    int[] ids = new int[array.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = array.get(i).intValue();
    }
    return ids;
  }
}
