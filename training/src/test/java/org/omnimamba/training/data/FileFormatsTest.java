package org.omnimamba.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.image.ImageEncoder;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.text.Turn;

/** Conversations as LLaVA's, and pre-tokenised pictures. */
class FileFormatsTest {
  private static final byte[] RED =
      ImageEncoder.png(
          new RgbImage(
              2,
              2,
              new byte[] {(byte) 200, 0, 0, (byte) 200, 0, 0, (byte) 200, 0, 0, (byte) 200, 0, 0}));

  @TempDir private Path folder;

  @Test
  void conversationsWithAndWithoutPictures() throws Exception {
    Files.write(folder.resolve("red.png"), RED);
    Path file =
        json(
            """
            [{"id": "1", "image": "red.png", "conversations": [
               {"from": "human", "value": "<image>\\nWhat colour?"}, {"from": "gpt", "value": "Red. "}]},
             {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}]
            """);

    ConversationFile conversations = conversations(file, true);

    assertThat(conversations.count()).isEqualTo(2);
    MmuExample first = conversations.example(0, new SplittableRandom(0));
    assertThat(first.turns()).containsExactly(Turn.user("What colour?"), Turn.assistant("Red."));
    assertThat(first.picture()).hasSize(27).startsWith(200, 0, 0, 200);
    assertThat(conversations.example(1, new SplittableRandom(0)).picture()).isNull();
    assertThat(conversations(file, false).count()).isEqualTo(1);
  }

  private ConversationFile conversations(Path file, boolean textOnly) {
    return new ConversationFile(file, new PictureFolder(folder), 3, textOnly);
  }

  private static String conversation(String image, String... from) {
    return Stream.of(from)
        .map(who -> "{\"from\": \"%s\", \"value\": \"a\"}".formatted(who))
        .collect(
            Collectors.joining(
                ", ", "{\"image\": \"%s\", \"conversations\": [".formatted(image), "]}"));
  }

  @Test
  void aFewPicturesAndConversationsThatCannotBeUsedDoNotStopATraining() throws Exception {
    Files.write(folder.resolve("red.png"), RED);
    Files.writeString(folder.resolve("broken.png"), "no picture");
    List<String> entries = new ArrayList<>();
    entries.add(conversation("broken.png", "human", "gpt"));
    entries.add(conversation("missing.png", "human", "gpt"));
    entries.add(conversation("red.png", "gpt", "human"));
    for (int i = 0; i < 60; i++) {
      entries.add(conversation("red.png", "human", "gpt"));
    }
    ConversationFile conversations = conversations(json(entries.toString()), false);
    assertThat(conversations.count()).isEqualTo(62);
    for (int i = 0; i < 62; i++) {
      MmuExample example = conversations.example(i, new SplittableRandom(0));
      assertThat(example.picture() == null).isEqualTo(i < 2);
    }

    Files.delete(folder.resolve("red.png"));
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 62; i++) {
                conversations.example(i, new SplittableRandom(0));
              }
            })
        .isInstanceOf(InvalidDataException.class)
        .hasMessageMatching("images of .*cannot be used.*red.png, which is missing");
  }

  @Test
  void captionsWithImagesAreConversationsWithoutAQuestion() throws Exception {
    Files.write(folder.resolve("red.png"), RED);
    Path file =
        Files.writeString(
            folder.resolve("captions.jsonl"),
            """
            {"image": "red.png", "caption": "a red square"}
            {"image": "red.png", "captions": ["red", "a square"]}
            """);
    Examples<MmuExample> examples = CaptionedImage.examples(file, new PictureFolder(folder), 3);
    assertThat(examples.count()).isEqualTo(2);
    MmuExample first = examples.example(0, new SplittableRandom(0));
    assertThat(first.picture()).hasSize(27);
    assertThat(first.turns()).containsExactly(Turn.user(""), Turn.assistant("a red square"));
    SplittableRandom random = new SplittableRandom(0);
    assertThat(Stream.generate(() -> examples.example(1, random).turns().get(1).text()).limit(20))
        .containsOnly("red", "a square")
        .contains("red", "a square");

    Path nameless = Files.writeString(folder.resolve("nameless.jsonl"), "{\"caption\": \"a\"}");
    assertThatThrownBy(() -> CaptionedImage.examples(nameless, new PictureFolder(folder), 3))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("no 'image'");
  }

  @Test
  void aPictureIsCutAroundItsCentre() throws Exception {
    // columns of red, green, green, blue
    byte[] rgb = new byte[2 * 4 * 3];
    for (int i = 0; i < 8; i++) {
      rgb[3 * i + (i % 4 + 1) / 2] = (byte) 255;
    }
    Files.write(folder.resolve("wide.png"), ImageEncoder.png(new RgbImage(4, 2, rgb)));
    RgbImage cut = new PictureFolder(folder).cropped("wide.png", 2, 2);
    assertThat(cut).isNotNull();
    assertThat(cut.rgb()).containsExactly(0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0);
  }

  @Test
  void aPathOutsideTheFolderIsRefused() throws Exception {
    Path file =
        json(
            """
            [{"image": "../x.png", "conversations": [
               {"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}]
            """);
    assertThatThrownBy(() -> conversations(file, true))
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
  void imageTokensInTheReferencesFormatHaveACaptionAtEachDraw() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("coco.jsonl"),
            """
            {"captions": ["a cat", "a sleeping cat"], "tokens": [1, 2, 3, 0]}
            {"caption": "a dog", "image_ids": [3, 3, 3, 3]}
            """);
    List<ImageTokens> read = ImageTokens.read(file, 4, 4);
    Examples<T2iExample> examples = ImageTokens.examples(read);
    SplittableRandom random = new SplittableRandom(0);
    assertThat(Stream.generate(() -> examples.example(0, random).caption()).limit(20))
        .containsOnly("a cat", "a sleeping cat")
        .contains("a cat", "a sleeping cat");
    assertThat(examples.example(0, random).imageIds()).containsExactly(1, 2, 3, 0);
    assertThat(examples.example(1, random).caption()).isEqualTo("a dog");
    Path again = folder.resolve("again.jsonl");
    ImageTokens.write(again, read);
    assertThat(Files.readString(again).replaceAll("([:,])(?=.)", "$1 "))
        .isEqualTo(Files.readString(file));

    for (String line : List.of("{\"caption\": \"a\"}", "{\"captions\": [], \"tokens\": [1]}")) {
      Path wrong = Files.writeString(folder.resolve("wrong.jsonl"), line);
      assertThatThrownBy(() -> ImageTokens.read(wrong, 1, 4))
          .isInstanceOf(InvalidDataException.class)
          .hasMessageContaining("neither");
    }
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
