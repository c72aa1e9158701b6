package org.omnimamba.training.scenes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.omnimamba.training.icons.Nouns;
import org.omnimamba.training.scenes.Scene.Ground;
import org.omnimamba.training.scenes.Scene.Kind;
import org.omnimamba.training.scenes.sprites.NamedColour;
import org.omnimamba.training.scenes.sprites.Sprite;
import org.omnimamba.training.scenes.sprites.SpriteSet;

/** Thinks up scenes. Safe for use by several threads. */
public final class ScenePlanner {
  private static final double SINGLE = 0.45;
  private static final double COUNT = 0.65;
  private static final double PAIR = 0.9;
  private static final double PAINTED = 0.3;
  private static final double WHITE_GROUND = 0.55;
  private static final double PAPER_GROUND = 0.4;
  private static final int ATTEMPTS = 20;

  private final SpriteSet sprites;
  private final List<Sprite> countable;
  private final double altered;

  /**
   * @param sprites that scenes are made of
   * @param altered part of the scenes that are drawn by another hand, 0..1: such scenes have no
   *     style that could be named
   */
  public ScenePlanner(SpriteSet sprites, double altered) {
    this.sprites = sprites;
    this.countable =
        sprites.all().stream().filter(each -> Nouns.isCountable(each.label().name())).toList();
    this.altered = altered;
  }

  /** A scene of any kind: most show one object, then pairs, counts and several. */
  public Scene plan(RandomGenerator random) {
    double draw = random.nextDouble();
    return plan(
        draw < SINGLE
            ? Kind.SINGLE
            : draw < COUNT ? Kind.COUNT : draw < PAIR ? Kind.PAIR : Kind.SEVERAL,
        random);
  }

  /** A scene of one kind. */
  public Scene plan(Kind kind, RandomGenerator random) {
    List<Sprite> from = kind == Kind.COUNT && !countable.isEmpty() ? countable : sprites.all();
    return plan(kind, from.get(random.nextInt(from.size())), random);
  }

  /**
   * A scene of one kind.
   *
   * @param first the sprite that it shows, or that decides about the others' style
   */
  public Scene plan(Kind kind, Sprite first, RandomGenerator random) {
    int count =
        switch (kind) {
          case SINGLE -> 1;
          case COUNT -> 2 + random.nextInt(3);
          case PAIR -> 2;
          case SEVERAL -> 3 + random.nextInt(2);
        };
    return plan(kind, chosen(kind, first, count, random), random.nextDouble() < altered, random);
  }

  private List<Sprite> chosen(Kind kind, Sprite first, int count, RandomGenerator random) {
    List<Sprite> chosen = new ArrayList<>(List.of(first));
    List<Sprite> others = sprites.ofStyle(first.label().style());
    for (int attempt = 0; chosen.size() < count; attempt++) {
      Sprite other = kind == Kind.COUNT ? first : others.get(random.nextInt(others.size()));
      // a set of very few sprites repeats them rather than look for ever
      if (kind == Kind.COUNT || attempt > ATTEMPTS || isNew(other, chosen)) {
        chosen.add(other);
      }
    }
    return chosen;
  }

  /** Whether an object can be told from the others by its name: "dog face" cannot from "dog". */
  private static boolean isNew(Sprite other, List<Sprite> chosen) {
    return chosen.stream().noneMatch(each -> sharesWord(each.label().name(), other.label().name()));
  }

  /** Whether two names have a word in common. */
  public static boolean sharesWord(String name, String other) {
    List<String> words = List.of(other.split(" ", -1));
    for (String word : name.split(" ", -1)) {
      if (words.contains(word) && word.length() > 3) {
        return true;
      }
    }
    return name.equals(other);
  }

  private Scene plan(Kind kind, List<Sprite> chosen, boolean otherHand, RandomGenerator random) {
    Alteration hand = otherHand ? Alteration.random(random) : null;
    List<Look> looks = new ArrayList<>();
    for (int i = 0; i < chosen.size(); i++) {
      looks.add(kind == Kind.COUNT && i > 0 ? looks.get(0) : look(chosen.get(i), hand, random));
    }
    Ground ground = ground(looks, otherHand, random);
    List<Layouts.Place> places = Layouts.places(kind, chosen.size(), random);
    List<SceneObject> objects = new ArrayList<>();
    for (int i = 0; i < looks.size(); i++) {
      Layouts.Place place = places.get(i);
      objects.add(
          new SceneObject(
              looks.get(i).sprite(),
              looks.get(i).painted(),
              place.size(),
              place.x(),
              place.y(),
              place.side()));
    }
    objects.sort(
        Comparator.comparingInt((SceneObject each) -> (int) (each.centreY() * 2.5))
            .thenComparing(SceneObject::centreX));
    String style = otherHand ? null : chosen.get(0).label().style();
    return new Scene(kind, ground, style, objects);
  }

  private record Look(Sprite sprite, boolean painted) {}

  private static Look look(Sprite sprite, @Nullable Alteration hand, RandomGenerator random) {
    Sprite seen = sprite;
    boolean painted = false;
    if (random.nextDouble() < PAINTED && SpritePainter.isPaintable(sprite)) {
      NamedColour[] colours = NamedColour.values();
      Sprite other = SpritePainter.painted(sprite, colours[random.nextInt(colours.length)], random);
      painted = other != null;
      seen = other != null ? other : sprite;
    }
    if (hand == null) {
      return new Look(seen, painted);
    }
    Sprite altered = hand.apply(seen);
    // a colour that the other hand has changed is no longer the painted one
    return painted && altered.colour() != seen.colour()
        ? new Look(seen, true)
        : new Look(altered, painted);
  }

  private static Ground ground(List<Look> looks, boolean otherHand, RandomGenerator random) {
    if (otherHand && random.nextDouble() < PAPER_GROUND) {
      int tint = paper(random);
      if (looks.stream().allMatch(look -> look.sprite().colour() != NamedColour.WHITE)) {
        return new Ground(null, tint);
      }
    }
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      NamedColour[] colours = NamedColour.values();
      NamedColour colour =
          attempt == 0 && random.nextDouble() < WHITE_GROUND
              ? NamedColour.WHITE
              : colours[random.nextInt(colours.length)];
      if (looks.stream().noneMatch(look -> hides(colour, look.sprite().colour()))) {
        return colour == NamedColour.WHITE
            ? Ground.WHITE
            : new Ground(colour, SpritePainter.jittered(colour, random));
      }
    }
    return Ground.WHITE;
  }

  /** Whether an object of one colour is hard to see on a ground of the other. */
  private static boolean hides(NamedColour ground, @Nullable NamedColour object) {
    return ground == object
        || object == NamedColour.ORANGE && ground == NamedColour.RED
        || object == NamedColour.RED && ground == NamedColour.ORANGE;
  }

  private static int paper(RandomGenerator random) {
    int rgb = 0;
    for (int channel = 0; channel < 3; channel++) {
      rgb = rgb << 8 | 205 + random.nextInt(50);
    }
    return rgb;
  }
}
