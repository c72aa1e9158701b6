package org.omnimamba.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.config.ConfigReader;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.testing.OracleFiles;

class TokenizerDefinitionsTest {
  @Test
  void makesATokenizerOfBytesForAnyVocabularyWithRoom() {
    for (ModelConfig config : List.of(ModelPresets.untrained(), ModelPresets.omniMamba1_3B())) {
      byte[] json = TokenizerDefinitions.bytesOnly(config).getBytes(StandardCharsets.UTF_8);
      try (Tokenizer tokenizer = Tokenizer.parse(json)) {
        tokenizer.requireMatches(config);
        String text = "Grüße, 世界!\n\t  \u0000<|t2i|>";
        int[] ids = tokenizer.encode(text);
        assertThat(tokenizer.decode(ids, false)).isEqualTo(text);
        assertThat(ids).contains(config.specialTokens().t2i());
      }
    }
  }

  @Test
  void refusesAVocabularyWithoutRoomForTheBytes() {
    ModelConfig tiny = ConfigReader.readReference(OracleFiles.path("omnimamba-tiny.json"), "tiny");
    assertThatThrownBy(() -> TokenizerDefinitions.bytesOnly(tiny))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageContaining("208");
  }

  @Test
  void addsTheReferencesTokensToAGivenTokenizer() {
    ModelConfig tiny = ConfigReader.readReference(OracleFiles.path("omnimamba-tiny.json"), "tiny");
    String json = TokenizerDefinitions.completed(OracleFiles.path("tiny-tokenizer.json"), tiny);
    assertThat(json).contains("[PAD]", "<|lvg|>");
    assertThatThrownBy(
            () ->
                TokenizerDefinitions.completed(
                    OracleFiles.path("tiny-tokenizer.json"), ModelPresets.omniMambaL()))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageContaining("[PAD]");
  }
}
