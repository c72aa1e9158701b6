package org.omnimamba.training.tower;

import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.training.step.InMemoryTensors;
import org.tensorflow.ndarray.Shape;

/** The parameters beside the towers, which exist during training only, and their initial values. */
public final class TowerHeads {
  /** Prefix of their names; no name of a model's part begins so. */
  public static final String PREFIX = "training.towers";

  /** What similarities are multiplied with at the start, as in CLIP. */
  private static final double FIRST_SCALE = 1 / 0.07;

  private static final double EMBEDDING_DEVIATION = 0.02;

  private final InMemoryTensors tensors = new InMemoryTensors();
  private final SplittableRandom random;

  private TowerHeads(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Values before training; a function of the sizes and the seed. */
  public static TensorSource initial(ModelConfig config, TowerSizes sizes, long seed) {
    TowerHeads heads = new TowerHeads(seed);
    int features = config.vision().featureDim();
    int width = sizes.captionWidth();
    heads.normal(
        ".captions.embedding.weight",
        EMBEDDING_DEVIATION,
        config.language().textVocabSize(),
        width);
    heads.linear(".captions.fc1", 2 * width, width);
    heads.linear(".captions.fc2", features, 2 * width);
    heads.constant(".captions.log_scale", Math.log(FIRST_SCALE), 1);
    heads.normal(".concepts.weight", 1, sizes.concepts(), features);
    heads.constant(".concepts.log_scale", Math.log(FIRST_SCALE), 1);
    heads.linear(".styles", sizes.styles(), features);
    return heads.tensors;
  }

  private void linear(String name, int out, int in) {
    normal(name + ".weight", Math.sqrt(1.0 / in), out, in);
    constant(name + ".bias", 0, out);
  }

  private void normal(String name, double deviation, long... shape) {
    fill(name, Shape.of(shape), () -> deviation * gaussian());
  }

  private void constant(String name, double value, long... shape) {
    fill(name, Shape.of(shape), () -> value);
  }

  private void fill(String name, Shape shape, DoubleSupplier source) {
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) source.getAsDouble();
    }
    tensors.put(PREFIX + name, shape, values);
  }

  /** Box and Muller's transform in strict arithmetic, so that a seed means the same everywhere. */
  private double gaussian() {
    double radius = Math.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
    return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
  }
}
