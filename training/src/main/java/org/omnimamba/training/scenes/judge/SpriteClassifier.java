package org.omnimamba.training.scenes.judge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.training.scenes.Scene;
import org.omnimamba.training.scenes.SceneComposer;
import org.omnimamba.training.scenes.ScenePlanner;
import org.omnimamba.training.scenes.judge.Segments.Segment;
import org.omnimamba.training.scenes.sprites.Sprite;
import org.omnimamba.training.scenes.sprites.SpriteSet;

/**
 * Names objects without the model that is judged: a linear discriminant over {@link Features},
 * trained on scenes of single sprites. Distances are Mahalanobis distances under the scatter that
 * one sprite has when it is painted, resized and moved, so that what varies without meaning counts
 * little; an object is called as the sprites nearest to it.
 */
public final class SpriteClassifier {
  /** Side of the pictures that are judged. */
  private static final int SIZE = 128;

  private static final int SAMPLES = 4;
  private static final double SHRINKAGE = 0.02;

  private final float[][] triangle;
  private final List<Prototype> prototypes;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Prototype(String concept, float[] place) {}

  private record Samples(Sprite sprite, List<float[]> features) {}

  private SpriteClassifier(float[][] triangle, List<Prototype> prototypes) {
    this.triangle = triangle;
    this.prototypes = prototypes;
  }

  /**
   * Trains.
   *
   * @param sprites what can be recognised, those of evaluation included
   * @param seed of the scenes
   */
  public static SpriteClassifier train(SpriteSet sprites, long seed) {
    ScenePlanner planner = new ScenePlanner(sprites, 0);
    SceneComposer composer = new SceneComposer(SIZE);
    List<Sprite> all = sprites.all();
    List<Samples> samples =
        IntStream.range(0, all.size())
            .parallel()
            .mapToObj(i -> samples(all.get(i), planner, composer, seed * 31 + i))
            .filter(each -> !each.features().isEmpty())
            .toList();
    float[][] triangle = Cholesky.factor(scatter(samples));
    List<Prototype> prototypes =
        samples.parallelStream()
            .flatMap(
                each ->
                    each.features().stream()
                        .map(
                            features ->
                                new Prototype(
                                    each.sprite().label().concept(),
                                    Cholesky.solved(triangle, features))))
            .toList();
    return new SpriteClassifier(triangle, prototypes);
  }

  private static Samples samples(
      Sprite sprite, ScenePlanner planner, SceneComposer composer, long seed) {
    SplittableRandom random = new SplittableRandom(seed).split();
    List<float[]> features = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      Scene scene = planner.plan(Scene.Kind.SINGLE, sprite, random);
      RgbImage image = new RgbImage(SIZE, SIZE, composer.compose(scene));
      Segments segments = Segments.of(image);
      if (!segments.objects().isEmpty()) {
        features.add(Features.of(image, segments, segments.objects().get(0)));
      }
    }
    return new Samples(sprite, features);
  }

  /** Covariance within the samples of one sprite, with some of a sphere's so that it has a root. */
  private static double[][] scatter(List<Samples> samples) {
    double[][] sum = new double[Features.COUNT][Features.COUNT];
    int count = 0;
    for (Samples each : samples) {
      float[] mean = new float[Features.COUNT];
      for (float[] features : each.features()) {
        for (int i = 0; i < mean.length; i++) {
          mean[i] += features[i] / each.features().size();
        }
      }
      for (float[] features : each.features()) {
        count++;
        for (int i = 0; i < mean.length; i++) {
          double difference = features[i] - mean[i];
          if (difference != 0) {
            for (int k = 0; k <= i; k++) {
              sum[i][k] += difference * (features[k] - mean[k]);
            }
          }
        }
      }
    }
    double trace = 0;
    for (int i = 0; i < sum.length; i++) {
      trace += sum[i][i];
    }
    double floor = Math.max(1e-9, trace / sum.length / Math.max(1, count));
    for (int i = 0; i < sum.length; i++) {
      for (int k = 0; k <= i; k++) {
        sum[i][k] /= Math.max(1, count);
      }
      sum[i][i] += Math.max(SHRINKAGE * 1e-3, floor);
    }
    return sum;
  }

  /** Concepts by how near their sprites are to an object, the nearest first. */
  List<String> nearest(RgbImage image, Segments segments, Segment object, int count) {
    float[] place = Cholesky.solved(triangle, Features.of(image, segments, object));
    Map<String, Double> distances = new HashMap<>();
    for (Prototype prototype : prototypes) {
      double sum = 0;
      for (int i = 0; i < place.length; i++) {
        double difference = place[i] - prototype.place()[i];
        sum += difference * difference;
      }
      distances.merge(prototype.concept(), sum, Math::min);
    }
    return distances.entrySet().stream()
        .sorted(
            Map.Entry.<String, Double>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
        .limit(count)
        .map(Map.Entry::getKey)
        .toList();
  }
}
