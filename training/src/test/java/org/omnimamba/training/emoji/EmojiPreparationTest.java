package org.omnimamba.training.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.training.data.ConversationFile;
import org.omnimamba.training.data.MmuExample;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.Picture.Split;
import org.omnimamba.training.data.PictureFolder;
import org.omnimamba.training.data.PictureSet;

/** The whole preparation, from packages that need not be fetched any more. */
class EmojiPreparationTest {
  private static final int SIZE = 16;

  @TempDir private static Path root;
  private static Path folder;

  @BeforeAll
  static void prepare() throws Exception {
    new TinyPackages(root.resolve("downloads"));
    folder = root.resolve("data");
    new EmojiPreparation(root.resolve("downloads"), SIZE, line -> {}).run(folder);
  }

  @Test
  void iconsFindTheirConceptsByCodePointsNamesAndShortCodes() {
    assertThat(labels(Split.TRAIN, Split.HELDOUT))
        .containsExactlyInAnyOrder(
            "red apple, noto style",
            "red apple, twemoji style",
            "red apple, fluent style",
            "red apple, fxemoji style",
            "red apple, emojione style",
            "pear, noto style",
            "pear, twemoji style",
            "pear, fxemoji style",
            "right arrow, twemoji style",
            "flag of canada, twemoji style",
            "flag of canada, emojione style");
  }

  @Test
  void theShareThatIsHeldOutLeavesTwoStylesOfEachConcept() {
    List<Picture> heldOut = pictures(Split.HELDOUT);
    assertThat(heldOut).hasSize(1); // 10 % of 11
    assertThat(pictures(Split.TRAIN))
        .filteredOn(picture -> picture.name().equals(heldOut.get(0).name()))
        .hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void theUnseenStyleShowsOnlyWhatTrainingSees() {
    assertThat(labels(Split.UNSEEN)).containsExactly("red apple, openmoji style");
  }

  @Test
  void aPictureCarriesTagsGroupsAndPixels() {
    Picture apple = pictures(Split.UNSEEN).get(0);
    assertThat(apple.concept()).isEqualTo("1F34E");
    assertThat(apple.tags()).containsExactly("apple", "fruit");
    assertThat(apple.group()).isEqualTo("food and drink");
    assertThat(apple.subgroup()).isEqualTo("food fruit");
    byte[] pixels = PictureSet.read(folder, Split.UNSEEN).pixels(0);
    int middle = (SIZE / 2 * SIZE + SIZE / 2) * 3;
    assertThat(pixels).startsWith(255, 255, 255);
    // "plum"
    assertThat(new byte[] {pixels[middle], pixels[middle + 1], pixels[middle + 2]})
        .containsExactly(221, 160, 221);
  }

  @Test
  void theReportSaysWhatWasLeftOutAndWhy() throws Exception {
    String report = Files.readString(folder.resolve("report.md"));
    assertThat(report)
        .contains("| twemoji | 5 | 1 | 0 | 0 |")
        .contains("- foxgrin: no concept")
        .contains("- pistol: no concept")
        .contains("- pear: drawn like an earlier concept")
        .contains("- water-pistol: in no style of training");
  }

  @Test
  void preparingAgainGivesTheSameBytes() throws Exception {
    Path again = root.resolve("again");
    new EmojiPreparation(root.resolve("downloads"), SIZE, line -> {}).run(again);
    for (String name :
        List.of(PictureSet.LIST, PictureSet.SUMMARY, PictureSet.pixelFile(Split.TRAIN))) {
      assertThat(again.resolve(name)).hasSameBinaryContentAs(folder.resolve(name));
    }
  }

  @Test
  void theFilesForOtherProgramsAreReadAsConversations() throws Exception {
    PictureSet training = PictureSet.read(folder, Split.TRAIN);
    Path files = root.resolve("files");
    EmojiFiles.write(training, files);

    ConversationFile conversations =
        new ConversationFile(
            files.resolve(EmojiFiles.CONVERSATIONS), new PictureFolder(files), SIZE, true);
    assertThat(conversations.count()).isEqualTo(training.count());
    for (int i = 0; i < training.count(); i++) {
      MmuExample example = conversations.example(i, new SplittableRandom(0));
      assertThat(example.picture()).isEqualTo(training.pixels(i));
    }
    assertThat(Files.readAllLines(files.resolve(EmojiFiles.CAPTIONS))).hasSize(training.count());
  }

  private static List<Picture> pictures(Split split) {
    return PictureSet.read(folder, split).pictures();
  }

  private static List<String> labels(Split... splits) {
    List<String> labels = new ArrayList<>();
    for (Split split : splits) {
      pictures(split).forEach(picture -> labels.add(picture.canonicalCaption()));
    }
    return labels;
  }
}
