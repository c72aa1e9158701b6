package org.omnimamba.training.scenes.text;

import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.omnimamba.training.icons.Nouns;
import org.omnimamba.training.scenes.Scene;
import org.omnimamba.training.scenes.Scene.Kind;
import org.omnimamba.training.scenes.SceneObject;
import org.omnimamba.training.scenes.SceneObject.Size;

/** What objects of scenes are called. */
final class Phrases {
  private static final List<String> NUMBERS = List.of("no", "one", "two", "three", "four");
  private static final List<String> SMALL = List.of("small", "small", "little", "tiny");
  private static final List<String> LARGE = List.of("large", "large", "big", "huge");
  private static final double SYNONYM = 0.25;
  private static final double COLOUR = 0.25;
  private static final double DIGITS = 0.25;

  private Phrases() {}

  /** "three"; {@code 0} is "no". */
  static String number(int count) {
    return NUMBERS.get(count);
  }

  /**
   * What an object is called without its article: "small red apple". A painted object's colour is
   * always said, or the words would fit another picture too.
   *
   * @param other whether another name may stand for the usual one
   */
  static String noun(SceneObject object, boolean other, RandomGenerator random) {
    return describing(object, random) + name(object, other, random);
  }

  /** "three green frogs" or "3 green frogs". */
  static String counted(Scene scene, boolean other, RandomGenerator random) {
    int count = scene.objects().size();
    SceneObject object = scene.first();
    String number = random.nextDouble() < DIGITS ? Integer.toString(count) : number(count);
    return number + " " + describing(object, random) + Nouns.plural(name(object, other, random));
  }

  /** Size and colour where there is something to say, each followed by a space. */
  private static String describing(SceneObject object, RandomGenerator random) {
    StringBuilder words = new StringBuilder();
    if (object.size() == Size.SMALL) {
      words.append(pick(SMALL, random)).append(' ');
    } else if (object.size() == Size.LARGE) {
      words.append(pick(LARGE, random)).append(' ');
    }
    if (saysColour(object, random)) {
      words.append(colour(object)).append(' ');
    }
    return words.toString();
  }

  private static boolean saysColour(SceneObject object, RandomGenerator random) {
    boolean chance = random.nextDouble() < COLOUR;
    return object.colour() != null
        && (object.painted() || chance && !object.name().contains(colour(object)));
  }

  private static String colour(SceneObject object) {
    return object.colour() == null ? "" : object.colour().word();
  }

  private static String name(SceneObject object, boolean other, RandomGenerator random) {
    List<String> synonyms = object.sprite().label().synonyms();
    return other && !synonyms.isEmpty() && random.nextDouble() < SYNONYM
        ? pick(synonyms, random)
        : object.name();
  }

  /** "a small red apple"; what cannot be counted has no article. */
  static String withArticle(SceneObject object, String noun) {
    return Nouns.isCountable(object.name()) ? Nouns.article(noun) + " " + noun : noun;
  }

  /**
   * The plain answer to "what is this?": "frog", "three frogs", "frog and apple", "frog, apple and
   * dog".
   */
  static String names(Scene scene) {
    if (scene.kind() == Kind.COUNT) {
      return number(scene.objects().size()) + " " + Nouns.plural(scene.first().name());
    }
    return list(scene.objects().stream().map(SceneObject::name).toList());
  }

  /** "a, b and c". */
  static String list(List<String> parts) {
    int last = parts.size() - 1;
    return last == 0
        ? parts.get(0)
        : parts.stream().limit(last).collect(Collectors.joining(", ")) + " and " + parts.get(last);
  }

  static String capitalised(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  static <T> T pick(List<T> from, RandomGenerator random) {
    return from.get(random.nextInt(from.size()));
  }
}
