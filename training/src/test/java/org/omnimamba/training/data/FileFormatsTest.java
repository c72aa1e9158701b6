package org.omnimamba.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.image.ImageEncoder;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.text.Turn;

/** Conversations as LLaVA's, and pre-tokenised pictures. */
class FileFormatsTest {
  @TempDir private Path folder;

  @Test
  void conversationsWithAndWithoutPictures() throws Exception {
    byte[] red = {(byte) 200, 0, 0, (byte) 200, 0, 0, (byte) 200, 0, 0, (byte) 200, 0, 0};
    Files.write(folder.resolve("red.png"), ImageEncoder.png(new RgbImage(2, 2, red)));
    Path file =
        json(
            """
            [{"id": "1", "image": "red.png", "conversations": [
               {"from": "human", "value": "<image>\\nWhat colour?"}, {"from": "gpt", "value": "Red. "}]},
             {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}]
            """);

    ConversationFile conversations = new ConversationFile(file, folder, 3);

    assertThat(conversations.count()).isEqualTo(2);
    MmuExample first = conversations.example(0, new SplittableRandom(0));
    assertThat(first.turns()).containsExactly(Turn.user("What colour?"), Turn.assistant("Red."));
    assertThat(first.picture()).hasSize(27).startsWith(200, 0, 0, 200);
    assertThat(conversations.example(1, new SplittableRandom(0)).picture()).isNull();
  }

  @Test
  void aPathOutsideTheFolderIsRefused() throws Exception {
    Path file =
        json(
            """
            [{"image": "../x.png", "conversations": [
               {"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}]
            """);
    assertThatThrownBy(() -> new ConversationFile(file, folder, 3))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("outside");
  }

  @Test
  void aConversationOutOfOrderIsNamed() throws Exception {
    Path file =
        json(
            """
            [{"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]},
             {"conversations": [{"from": "gpt", "value": "b"}]}]
            """);
    assertThatThrownBy(() -> LlavaConversation.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("entry 1")
        .hasMessageContaining("human");
  }

  @Test
  void somethingElseThanConversationsIsRefused() throws Exception {
    assertThatThrownBy(() -> LlavaConversation.read(json("{}")))
        .isInstanceOf(InvalidDataException.class);
    assertThatThrownBy(() -> LlavaConversation.read(json("[{}]")))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("conversations");
  }

  @Test
  void imageTokensComeBackAsTheyWereWritten() throws Exception {
    Path file = folder.resolve(ImageTokens.file(Picture.Split.TRAIN));
    ImageTokens.write(
        file,
        List.of(
            new ImageTokens("a cat", new int[] {1, 2, 3, 0}),
            new ImageTokens("a dog", new int[] {3, 3, 3, 3})));

    assertThat(Files.readString(file))
        .startsWith("{\"caption\":\"a cat\",\"image_ids\":[1,2,3,0]}\n");
    Examples<T2iExample> examples = ImageTokens.examples(ImageTokens.read(file, 4, 4));
    assertThat(examples.count()).isEqualTo(2);
    T2iExample dog = examples.example(1, new SplittableRandom(0));
    assertThat(dog.caption()).isEqualTo("a dog");
    assertThat(dog.imageIds()).containsExactly(3, 3, 3, 3);

    assertThatThrownBy(() -> ImageTokens.read(file, 5, 4))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("4 tokens");
    assertThatThrownBy(() -> ImageTokens.read(file, 4, 3))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("codebook");
  }

  @Test
  void aFileThatCouldNotBeWrittenToItsEndLeavesTheEarlierOne() throws Exception {
    Path file = folder.resolve("lines.jsonl");
    JsonLines.write(file, List.of(1, 2));
    Iterable<Integer> failing = () -> Stream.of(3, 4, 0).map(divisor -> 12 / divisor).iterator();
    assertThatThrownBy(() -> JsonLines.write(file, failing))
        .isInstanceOf(ArithmeticException.class);
    assertThat(file).hasContent("1\n2\n");
    assertThat(folder.toFile().list()).hasSize(1);
  }

  private Path json(String text) throws Exception {
    return Files.writeString(folder.resolve("conversations.json"), text);
  }
}
