package org.omnimamba.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Tokenizer;
import org.omnimamba.model.text.Truncation;
import org.omnimamba.model.text.Turn;

class MmuCollatorTest {
  /** {@code [mmu][soi][eoi][sot]} in front of a served prompt's text. */
  private static final int FRAME = 4;

  private static final int LENGTH = 64;
  private static final ModelConfig MODEL = TinyModel.config();
  private static Tokenizer tokenizer;

  @BeforeAll
  static void open() {
    tokenizer = Tokenizer.open(TinyModel.directory().resolve("tokenizer.json"));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @Test
  void oneQuestionIsTrainedInTheWordsInWhichItIsServed() {
    Batch batch = collate(new MmuExample(picture(1), turns("What is it?", "A house.")));

    int[] prompt =
        new PromptLayouts(MODEL, tokenizer).question("What is it?", Truncation.DISABLED).ids();
    int[] answer = tokenizer.encode("A house.<|endoftext|>");
    int question = prompt.length - FRAME;
    long[] ids = batch.longs(MmuCollator.INPUT_IDS);
    long[] labels = batch.longs(MmuCollator.LABELS);
    for (int i = 0; i < LENGTH; i++) {
      boolean asked = i < question;
      boolean answered = !asked && i < question + answer.length;
      int id =
          asked ? prompt[FRAME + i] : answered ? answer[i - question] : MODEL.specialTokens().pad();
      assertThat(ids[i]).as("id %d", i).isEqualTo(id);
      assertThat(labels[i]).as("label %d", i).isEqualTo(answered ? id : MmuText.IGNORED);
    }
  }

  @Test
  void severalQuestionsAreTrainedInTheWordsInWhichTheyAreServed() {
    List<Turn> turns =
        List.of(Turn.user("a"), Turn.assistant("b"), Turn.user("c"), Turn.assistant("d"));
    Batch batch = collate(new MmuExample(picture(1), turns));

    int[] prompt =
        new PromptLayouts(MODEL, tokenizer)
            .conversation(turns.subList(0, 3), Truncation.DISABLED)
            .ids();
    long[] ids = batch.longs(MmuCollator.INPUT_IDS);
    for (int i = FRAME; i < prompt.length; i++) {
      assertThat(ids[i - FRAME]).isEqualTo(prompt[i]);
    }
  }

  @Test
  void rowsWithPicturesComeFirst() {
    Batch batch =
        collate(
            new MmuExample(null, turns("x", "one")),
            new MmuExample(picture(7), turns("x", "two")),
            new MmuExample(null, turns("x", "three")));

    assertThat(batch.floats(MmuCollator.HAS_PICTURE)).containsExactly(1, 0, 0);
    byte[] pictures = batch.bytes(MmuCollator.PICTURES);
    int bytes = pictures.length / 3;
    assertThat(Arrays.copyOf(pictures, bytes)).isEqualTo(picture(7));
    assertThat(Arrays.copyOfRange(pictures, bytes, pictures.length)).containsOnly(0);
    assertThat(text(batch, 0)).contains("two");
    assertThat(text(batch, 1)).contains("one");
    assertThat(text(batch, 2)).contains("three");
  }

  @Test
  void aPictureOfAnotherSizeIsRefused() {
    assertThatThrownBy(() -> collate(new MmuExample(new byte[3], turns("a", "b"))))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("3 bytes");
  }

  @Test
  void aConversationEndsWithAnAnswer() {
    assertThatThrownBy(() -> new MmuExample(null, List.of(Turn.user("a"))))
        .isInstanceOf(InvalidDataException.class);
    assertThatThrownBy(() -> new MmuExample(null, List.of(Turn.user("a"), Turn.user("b"))))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("turn 2");
  }

  private static Batch collate(MmuExample... examples) {
    return new MmuCollator(MODEL, tokenizer, MmuText.AS_SERVED, LENGTH).collate(List.of(examples));
  }

  private static String text(Batch batch, int row) {
    long[] ids =
        Arrays.copyOfRange(batch.longs(MmuCollator.INPUT_IDS), row * LENGTH, (row + 1) * LENGTH);
    return tokenizer.decode(Arrays.stream(ids).mapToInt(Math::toIntExact).toArray());
  }

  private static List<Turn> turns(String question, String answer) {
    return List.of(Turn.user(question), Turn.assistant(answer));
  }

  private static byte[] picture(int value) {
    byte[] picture = new byte[PictureSet.bytesPerPicture(MODEL.vision().imageSize())];
    Arrays.fill(picture, (byte) value);
    return picture;
  }
}
