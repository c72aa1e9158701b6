package org.omnimamba.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.TinyModel;
import tools.jackson.databind.json.JsonMapper;

/** A {@code tokenizer.json} is untrusted input. */
class TokenizerFileTest {
  private final String good =
      JsonMapper.shared().readTree(OracleFiles.path("tiny-tokenizer.json").toFile()).toString();

  @TestFactory
  Stream<DynamicTest> damagedFilesAreRefused() {
    Map<String, String> damaged =
        Map.of(
            "",
            "JSON",
            "{}",
            "pre_tokenizer",
            "[]",
            "not a JSON object",
            good.substring(0, good.length() / 2),
            "not valid JSON",
            good.replace("\"type\":\"BPE\"", "\"type\":\"WordPiece\""),
            "model.type",
            good.replace("\"id\":192", "\"id\":191"),
            "clashes",
            good.replace("\"id\":192", "\"id\":-5"),
            "has no id",
            good.replace("\"id\":192", "\"id\":99999999"),
            "has no id",
            good.replace("\"id\":192", "\"id\":200"),
            "gaps",
            good.replace("\"type\":\"NFC\"", "\"type\":\"Replace\""),
            "normalizer");
    return damaged.entrySet().stream()
        .map(
            e ->
                DynamicTest.dynamicTest(
                    e.getValue() + " of " + e.getKey().length() + " characters",
                    () ->
                        assertThatThrownBy(() -> parse(e.getKey()))
                            .isInstanceOf(InvalidTokenizerException.class)
                            .hasMessageContaining(e.getValue())));
  }

  @Test
  void aMergeOfUnknownPiecesIsRefusedByTheLibrary() {
    String hostile = good.replaceFirst("\"merges\":\\[", "\"merges\":[[\"no\",\"such\"],");
    assertThat(hostile).isNotEqualTo(good);
    assertThatThrownBy(() -> parse(hostile)).isInstanceOf(InvalidTokenizerException.class);
  }

  @Test
  void deepNestingIsRefused() {
    String deep = "[".repeat(100_000);
    assertThatThrownBy(() -> parse(deep)).isInstanceOf(InvalidTokenizerException.class);
  }

  @Test
  void aFileOverTheLimitIsRefusedUnread(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("tokenizer.json");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(33L << 20);
    }
    assertThatThrownBy(() -> Tokenizer.open(file))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageContaining("larger than");
  }

  @Test
  void aMissingFileIsNamed(@TempDir Path directory) {
    assertThatThrownBy(() -> Tokenizer.open(directory.resolve("tokenizer.json")))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageContaining("tokenizer.json");
  }

  @Test
  void aTokenizerOfAnotherModelIsRefused() {
    String shifted = good.replaceFirst("\\{\"id\":192,[^}]*\\}", "").replace(",]", "]");
    try (Tokenizer tokenizer = parse(shifted)) {
      assertThatThrownBy(() -> tokenizer.requireMatches(TinyModel.config()))
          .isInstanceOf(InvalidTokenizerException.class)
          .hasMessageContaining("[PAD]")
          .hasMessageContaining("193");
    }
  }

  @Test
  void aClosedTokenizerSaysSo() {
    Tokenizer tokenizer = parse(good);
    tokenizer.close();
    tokenizer.close();
    assertThatThrownBy(() -> tokenizer.encode("x"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void behaviour17EncodingAddsNothingAndRecognisesAddedTokensInText() {
    try (Tokenizer tokenizer = parse(good)) {
      assertThat(tokenizer.encode("")).isEmpty();
      assertThat(tokenizer.encode("x<|endoftext|>[PAD]<|mmu|><|lvg|>"))
          .containsExactly(89, 0, 193, 199, 202);
      assertThat(tokenizer.encode("     ")).as("runs of spaces").containsExactly(190, 97);
      assertThat(tokenizer.decode(tokenizer.encode("e\u0301")))
          .as("NFC, and bytes that the vocabulary lacks")
          .isEqualTo(tokenizer.decode(tokenizer.encode("\u00e9")));
      assertThat(tokenizer.isSpecial(193)).isTrue();
      assertThat(tokenizer.isSpecial(194)).isFalse();
    }
  }

  @Test
  void aLoneSurrogateIsReplacedBeforeTheNativeCall() {
    try (Tokenizer tokenizer = parse(good)) {
      assertThat(tokenizer.encode("a\uD800b")).isEqualTo(tokenizer.encode("a\uFFFDb"));
      assertThat(tokenizer.encode("\uDC00")).isEqualTo(tokenizer.encode("\uFFFD"));
    }
  }

  private static Tokenizer parse(String json) {
    return Tokenizer.parse(json.getBytes(StandardCharsets.UTF_8));
  }
}
