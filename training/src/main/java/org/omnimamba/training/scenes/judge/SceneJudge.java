package org.omnimamba.training.scenes.judge;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.training.scenes.Scene;
import org.omnimamba.training.scenes.SceneComposer;
import org.omnimamba.training.scenes.SceneObject;
import org.omnimamba.training.scenes.ScenePlanner;
import org.omnimamba.training.scenes.judge.Segments.Segment;
import org.omnimamba.training.scenes.sprites.NamedColour;
import org.omnimamba.training.scenes.sprites.Sprite;
import org.omnimamba.training.scenes.sprites.SpriteSet;

/**
 * Holds a picture against a scene: by pixels (how many connected objects, where, which colours) and
 * by a classifier that was trained on sprites alone. Knows nothing of the model that drew.
 */
public final class SceneJudge {
  /** So many of the nearest concepts count as right. */
  public static final int NEAREST = 5;

  private static final double MOST = 0.4;
  private static final int WHOLE_TRIES = 3;

  private final SpriteClassifier classifier;
  private final int nearest;

  /**
   * What is right of a picture.
   *
   * @param count as many objects as the scene has
   * @param named each object of the scene is found, by one of the nearest concepts
   * @param placed there are as many objects as asked, each is found, and each at its place
   * @param coloured the first object has the scene's colour; true if it has none
   * @param ground the ground has the scene's colour; true if it has none
   */
  public record Verdict(
      boolean count, boolean named, boolean placed, boolean coloured, boolean ground) {
    /** Everything that was asked for. */
    public boolean all() {
      return count && named && placed && coloured && ground;
    }
  }

  /** Counts one of the {@value #NEAREST} nearest concepts as right. */
  public SceneJudge(SpriteClassifier classifier) {
    this(classifier, NEAREST);
  }

  /**
   * @param nearest so many of the nearest concepts count as right
   */
  public SceneJudge(SpriteClassifier classifier, int nearest) {
    this.classifier = classifier;
    this.nearest = nearest;
  }

  /**
   * Whether a sprite is one connected thing in any size, so that it can be counted by pixels: three
   * bubbles cannot.
   */
  public static boolean isWhole(Sprite sprite, long seed) {
    ScenePlanner planner = new ScenePlanner(new SpriteSet(List.of(sprite)), 0);
    SceneComposer composer = new SceneComposer(128);
    SplittableRandom random = new SplittableRandom(seed).split();
    for (int i = 0; i < WHOLE_TRIES; i++) {
      Scene scene = planner.plan(Scene.Kind.COUNT, sprite, random);
      RgbImage image = new RgbImage(128, 128, composer.compose(scene));
      if (Segments.of(image).objects().size() != scene.objects().size()) {
        return false;
      }
    }
    return true;
  }

  /** Judges. */
  public Verdict judge(RgbImage image, Scene scene) {
    Segments segments = Segments.of(image);
    List<Segment> found = segments.objects();
    boolean count = found.size() == scene.objects().size();
    Map<Segment, List<String>> names = new IdentityHashMap<>();
    Function<Segment, List<String>> naming =
        segment ->
            names.computeIfAbsent(
                segment, each -> classifier.nearest(image, segments, each, nearest));
    int hits = 0;
    int placed = 0;
    for (SceneObject object : scene.objects()) {
      Segment match = best(image, found, naming, object);
      if (match != null) {
        hits++;
        placed += isAt(match, segments, object, scene) ? 1 : 0;
      }
    }
    boolean named = hits == scene.objects().size();
    return new Verdict(
        count,
        named,
        count && placed == scene.objects().size(),
        colourIs(image, segments, scene),
        scene.ground().colour() == null
            || NamedColour.of(segments.ground()) == scene.ground().colour());
  }

  /** The object called like this one, the one nearest to its place if there are several. */
  private static @Nullable Segment best(
      RgbImage image,
      List<Segment> found,
      Function<Segment, List<String>> names,
      SceneObject object) {
    Segment best = null;
    double least = Double.MAX_VALUE;
    for (Segment segment : found) {
      double distance =
          Math.hypot(
              segment.centreX() / image.width() - object.centreX(),
              segment.centreY() / image.height() - object.centreY());
      if (distance < least && names.apply(segment).contains(object.sprite().label().concept())) {
        best = segment;
        least = distance;
      }
    }
    return best;
  }

  /** In a pair, on the asked side of the other; elsewhere any place is right. */
  private static boolean isAt(Segment segment, Segments segments, SceneObject object, Scene scene) {
    if (scene.kind() != Scene.Kind.PAIR) {
      return true;
    }
    boolean first = object == scene.objects().get(0);
    for (Segment other : segments.objects()) {
      if (other != segment) {
        double distance =
            scene.sideBySide()
                ? other.centreX() - segment.centreX()
                : other.centreY() - segment.centreY();
        return first ? distance > 0 : distance < 0;
      }
    }
    return false;
  }

  /** Whether the largest object has the colour of the scene's first. */
  private static boolean colourIs(RgbImage image, Segments segments, Scene scene) {
    NamedColour asked = scene.first().colour();
    if (asked == null || scene.kind() == Scene.Kind.PAIR || scene.kind() == Scene.Kind.SEVERAL) {
      return true;
    }
    return !segments.objects().isEmpty() && colour(image, segments.objects().get(0)) == asked;
  }

  private static @Nullable NamedColour colour(RgbImage image, Segment segment) {
    byte[] rgb = image.rgb();
    int[] counts = new int[NamedColour.values().length];
    for (int pixel : segment.pixels()) {
      NamedColour named = NamedColour.of(Segments.pixel(rgb, pixel));
      if (named != null) {
        counts[named.ordinal()]++;
      }
    }
    int best = 0;
    for (int i = 1; i < counts.length; i++) {
      best = counts[i] > counts[best] ? i : best;
    }
    return counts[best] > MOST * segment.pixels().length ? NamedColour.values()[best] : null;
  }
}
