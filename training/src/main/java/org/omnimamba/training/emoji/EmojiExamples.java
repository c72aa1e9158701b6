package org.omnimamba.training.emoji;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.omnimamba.model.text.Turn;
import org.omnimamba.training.data.Examples;
import org.omnimamba.training.data.ImageTokens;
import org.omnimamba.training.data.InvalidDataException;
import org.omnimamba.training.data.MmuExample;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureExample;
import org.omnimamba.training.data.PictureSet;
import org.omnimamba.training.data.T2iExample;
import org.omnimamba.training.data.labelled.LabelledPictures;
import org.omnimamba.training.data.labelled.PictureLabels;

/** The examples of each piece of the demo's training, in other words each epoch. */
public final class EmojiExamples implements LabelledPictures {
  private static final double CONVERSATION_SHARE = 0.3;
  private static final int LONGEST_TEXT = 512;
  private static final Set<String> MIRRORED_GROUPS =
      Set.of(
          "smileys and emotion",
          "people and body",
          "animals and nature",
          "food and drink",
          "activities",
          "objects",
          "travel and places");

  /** Names and kinds of what is read, points somewhere or tells the time. */
  private static final Pattern ONE_WAY =
      Pattern.compile(
          ".*(left|right|facing|pointing|clock|watch|thirty|book|letter|abc|musical|keyboard|moon"
              + "|calendar|chart|sign|button|globe|map|banknote|money|dollar|magnifying).*"
              + "|time|music|book paper|mail|money|writing|place map");

  @Override
  public Examples<PictureExample> pictures(PictureSet set) {
    PictureLabels labels = new PictureLabels(set.pictures());
    return each(
        set,
        (picture, random) ->
            new PictureExample(
                set.pixels(picture.index()),
                Captions.caption(picture, random),
                labels.concept(picture),
                labels.style(picture),
                mayMirror(picture)));
  }

  /** Whether the mirror image of a picture is called the same. */
  static boolean mayMirror(Picture picture) {
    return MIRRORED_GROUPS.contains(picture.group())
        && !ONE_WAY.matcher(picture.name()).matches()
        && !ONE_WAY.matcher(picture.subgroup()).matches();
  }

  @Override
  public Examples<T2iExample> drawings(PictureSet set, List<ImageTokens> tokens) {
    if (tokens.size() != set.count()) {
      throw new InvalidDataException(
          "%d pictures, but tokens of %d; tokenize them anew"
              .formatted(set.count(), tokens.size()));
    }
    return each(
        set,
        (picture, random) ->
            new T2iExample(
                Captions.caption(picture, random), tokens.get(picture.index()).imageIds()));
  }

  @Override
  public Examples<MmuExample> conversations(PictureSet set) {
    Questions questions = new Questions(set.pictures());
    return each(
        set,
        (picture, random) ->
            new MmuExample(set.pixels(picture.index()), questions.conversation(picture, random)));
  }

  @Override
  public Examples<MmuExample> alignment(PictureSet set) {
    return each(
        set,
        (picture, random) ->
            new MmuExample(
                set.pixels(picture.index()),
                List.of(Turn.user(""), Turn.assistant(picture.canonicalCaption()))));
  }

  /**
   * Captions and questions with answers, of the example's picture first and then of others, until
   * about 512 characters are reached.
   */
  @Override
  public Examples<List<String>> texts(List<Picture> pictures) {
    Questions questions = new Questions(pictures);
    return new Examples<>() {
      @Override
      public int count() {
        return pictures.size();
      }

      @Override
      public List<String> example(int index, RandomGenerator random) {
        List<String> texts = new ArrayList<>();
        Picture picture = pictures.get(index);
        for (int length = 0; length < LONGEST_TEXT; ) {
          String text =
              random.nextDouble() < CONVERSATION_SHARE
                  ? asked(questions.conversation(picture, random))
                  : Captions.caption(picture, random);
          texts.add(text);
          length += text.length();
          picture = pictures.get(random.nextInt(pictures.size()));
        }
        return texts;
      }
    };
  }

  private static String asked(List<Turn> turns) {
    return "USER: " + turns.get(0).text() + " ASSISTANT:" + turns.get(1).text();
  }

  private static <T> Examples<T> each(
      PictureSet set, BiFunction<Picture, RandomGenerator, T> example) {
    return new Examples<>() {
      @Override
      public int count() {
        return set.count();
      }

      @Override
      public T example(int index, RandomGenerator random) {
        return example.apply(set.pictures().get(index), random);
      }
    };
  }
}
