package org.omnimamba.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.text.Tokenizer;

class TextCollatorTest {
  private static final int LENGTH = 20;

  @Test
  void textsFollowOneAnotherEachEndedAndTheRowIsCutOrPadded() {
    ModelConfig model = TinyModel.config();
    try (Tokenizer tokenizer = Tokenizer.open(TinyModel.directory().resolve("tokenizer.json"))) {
      Batch batch =
          new TextCollator(model.specialTokens(), tokenizer, LENGTH)
              .collate(List.of(List.of("A house.", " the sun"), List.of("the sky ".repeat(30))));

      int[] expected =
          IntStream.of(
                  concatenated(
                      tokenizer.encode("A house."), new int[] {0},
                      tokenizer.encode(" the sun"), new int[] {0}))
              .toArray();
      assertThat(expected).hasSizeLessThan(LENGTH);
      long[] ids = batch.longs(MmuCollator.INPUT_IDS);
      long[] labels = batch.longs(MmuCollator.LABELS);
      for (int i = 0; i < LENGTH; i++) {
        boolean text = i < expected.length;
        assertThat(ids[i]).isEqualTo(text ? expected[i] : model.specialTokens().pad());
        assertThat(labels[i]).isEqualTo(text ? expected[i] : MmuText.IGNORED);
      }
      long[] cut = Arrays.copyOfRange(ids, LENGTH, 2 * LENGTH);
      assertThat(cut).isEqualTo(Arrays.copyOfRange(labels, LENGTH, 2 * LENGTH));
      assertThat(tokenizer.decode(Arrays.stream(cut).mapToInt(Math::toIntExact).toArray()))
          .startsWith("the sky the sky");
    }
  }

  private static int[] concatenated(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
  }
}
