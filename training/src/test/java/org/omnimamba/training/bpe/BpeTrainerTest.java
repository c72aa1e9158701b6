package org.omnimamba.training.bpe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.text.Tokenizer;
import org.omnimamba.training.bpe.BpeTrainer.Merge;

class BpeTrainerTest {
  private static final String SPACE = "\u0120";

  @TempDir private Path folder;

  @Test
  void joinsTheMostFrequentPairFirst() {
    // l-o and o-w come 7 times, e-s and s-t 9 times (Sennrich et al. 2016, figure 1)
    BpeTrainer trainer = new BpeTrainer();
    add(trainer, "low", 5);
    add(trainer, "lower", 2);
    add(trainer, "newest", 6);
    add(trainer, "widest", 3);
    assertThat(trainer.train(5))
        .containsExactly(
            new Merge("e", "s"),
            new Merge("es", "t"),
            new Merge("l", "o"),
            new Merge("lo", "w"),
            new Merge("e", "w"));
  }

  @Test
  void theOrderOfTheTextsDoesNotMatter() {
    List<Merge> forward = new BpeTrainer().add("a red apple").add("an apple pie").train(50);
    List<Merge> backward = new BpeTrainer().add("an apple pie").add("a red apple").train(50);
    assertThat(forward).isEqualTo(backward).contains(new Merge(SPACE, "apple"));
  }

  @Test
  void aPairThatComesOnceIsNotWorthAnEntry() {
    assertThat(new BpeTrainer().add("abc").train(10)).isEmpty();
  }

  @Test
  void theModelsTokenizerReadsTheFileAndEncodesAsItWasTrained() throws Exception {
    BpeTrainer trainer = new BpeTrainer();
    add(trainer, "a red apple, noto style", 3);
    add(trainer, "USER: what is this? ASSISTANT:", 3);
    List<Merge> merges = trainer.train(30);
    Path file = Files.writeString(folder.resolve("tokenizer.json"), TokenizerJson.of(merges));

    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      assertThat(tokenizer.size()).isEqualTo(TokenizerJson.FIXED_ENTRIES + 30);
      assertThat(tokenizer.encode("<|endoftext|>")).containsExactly(0);
      assertThat(tokenizer.encode("[PAD]")).containsExactly(256 + 2 + 30);
      assertThat(tokenizer.encode("<|lvg|>")).containsExactly(tokenizer.size() - 1);
      assertThat(tokenizer.encode("a red apple, noto style"))
          .hasSizeLessThan("a red apple, noto style".length() / 2);
      for (String text :
          List.of(
              "a red apple",
              "It's  two   spaces\n\tand a tab",
              "Gr\u00fc\u00dfe, \u043c\u0438\u0440 \u4e16\u754c \ud83c\udf4e",
              "12 o'clock!? (#1) \u0000\u007f\u00a0")) {
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
      }
      // NFC comes first
      assertThat(tokenizer.encode("e\u0301")).isEqualTo(tokenizer.encode("\u00e9"));
    }
  }

  @Test
  void wordsAreCutAsByTheBytePreTokenizer() {
    assertThat(new WordSplitter().split("it's 3  cats!"))
        .containsExactly("it", "'s", SPACE + "3", SPACE, SPACE + "cats", "!");
  }

  private static void add(BpeTrainer trainer, String text, int times) {
    for (int i = 0; i < times; i++) {
      trainer.add(text);
    }
  }
}
