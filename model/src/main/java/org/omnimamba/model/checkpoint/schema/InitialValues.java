package org.omnimamba.model.checkpoint.schema;

import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.omnimamba.model.config.ModelConfig;
import org.tensorflow.ndarray.Shape;

/**
 * The values that parameters have before training. The language model and the projector start as in
 * the reference; of towers and image tokenizer, which the reference always loads, linear and
 * convolution layers get PyTorch's default, norms are the identity, and codes lie on the unit
 * sphere.
 */
public final class InitialValues {
  private static final double EMBEDDING_DEVIATION = 0.02;
  private static final double LAYER_SCALE = 0.1;
  private static final double MIN_DT = 1e-3;
  private static final double MAX_DT = 1e-1;
  private static final double DT_FLOOR = 1e-4;
  private static final double MIN_A = 1;
  private static final double MAX_A = 16;

  private final ModelConfig config;

  public InitialValues(ModelConfig config) {
    this.config = config;
  }

  /** Gives a tensor's values one after the other. */
  public interface Values {
    float next();
  }

  /**
   * The values of one tensor. Each has its own sequence, so that they do not depend on other sizes.
   *
   * @param shapes of all tensors of the model
   */
  public Values of(String name, Map<String, Shape> shapes, long seed) {
    SplittableRandom random = new SplittableRandom(seed * 31 + name.hashCode()).split();
    Shape shape = Objects.requireNonNull(shapes.get(name));
    return of(name, shape, shapes.getOrDefault(weightOf(name), shape), random);
  }

  private static String weightOf(String name) {
    return name.endsWith(".bias")
        ? name.substring(0, name.length() - "bias".length()) + "weight"
        : name;
  }

  /**
   * @param weightShape shape of the layer's weight if the parameter is a bias, else its own
   */
  public Values of(String name, Shape shape, Shape weightShape, SplittableRandom random) {
    if (name.startsWith(ParameterNames.LANGUAGE)) {
      return language(name.substring(ParameterNames.LANGUAGE.length()), shape, weightShape, random);
    }
    if (name.endsWith("codebook_used")) {
      return () -> 0;
    }
    if (name.endsWith("quantize.embedding.weight")) {
      return config.vq().l2Norm()
          ? unitRows((int) shape.get(1), random)
          : uniform(1.0 / config.vq().codebookSize(), random);
    }
    if (name.endsWith(".gamma")) {
      return () -> (float) LAYER_SCALE;
    }
    if (name.endsWith("pos_embed") || name.endsWith("_token") || name.endsWith("latent")) {
      return normal(EMBEDDING_DEVIATION, random);
    }
    if (weightShape.numDimensions() == 1) {
      return constant(name.endsWith(".weight") ? 1 : 0);
    }
    return uniform(bound(weightShape), random);
  }

  private Values language(String name, Shape shape, Shape weightShape, SplittableRandom random) {
    if (name.endsWith("pos_embed")
        || name.endsWith("embedding.weight")
        || name.endsWith("word_embeddings.weight")) {
      return normal(EMBEDDING_DEVIATION, random);
    }
    if (name.endsWith("dt_bias")) {
      return dtBias(random);
    }
    if (name.endsWith("A_log")) {
      return () -> (float) StrictMath.log(MIN_A + (MAX_A - MIN_A) * random.nextDouble());
    }
    if (name.endsWith(".D") || name.endsWith("norm.weight") || name.endsWith("norm_f.weight")) {
      return constant(1);
    }
    if (name.endsWith("lora_B0.weight")) {
      return constant(0);
    }
    if (name.endsWith("conv1d.bias")) {
      return uniform(bound(weightShape), random);
    }
    if (name.endsWith(".bias")) {
      return constant(0);
    }
    boolean feedsResidual = name.endsWith("out_proj.weight") || name.endsWith("fc2.weight");
    double scale = feedsResidual ? 1 / Math.sqrt(config.language().layers()) : 1;
    return uniform(scale * bound(shape), random);
  }

  /** PyTorch's default for linear and convolution layers: one over the root of the fan-in. */
  private static double bound(Shape weight) {
    long fanIn = 1;
    for (int i = 1; i < weight.numDimensions(); i++) {
      fanIn *= weight.get(i);
    }
    return 1 / Math.sqrt((double) fanIn);
  }

  private static Values constant(float value) {
    return () -> value;
  }

  private static Values uniform(double bound, SplittableRandom random) {
    return () -> (float) (bound * (2 * random.nextDouble() - 1));
  }

  private static Values normal(double deviation, SplittableRandom random) {
    return () -> (float) (deviation * gaussian(random));
  }

  /** Box and Muller's transform in strict arithmetic, so that a seed means the same everywhere. */
  private static double gaussian(SplittableRandom random) {
    double radius = Math.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
    return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
  }

  /** The inverse of softplus at a time step that is uniform in its logarithm. */
  private static Values dtBias(SplittableRandom random) {
    double low = StrictMath.log(MIN_DT);
    double high = StrictMath.log(MAX_DT);
    return () -> {
      double dt = StrictMath.exp(low + (high - low) * random.nextDouble());
      dt = Math.max(dt, DT_FLOOR);
      return (float) (dt + StrictMath.log(-StrictMath.expm1(-dt)));
    };
  }

  private static Values unitRows(int width, SplittableRandom random) {
    double[] row = new double[width];
    int[] used = {width};
    return () -> {
      if (used[0] == width) {
        double square = 0;
        for (int i = 0; i < width; i++) {
          row[i] = gaussian(random);
          square += row[i] * row[i];
        }
        for (int i = 0; i < width; i++) {
          row[i] /= Math.sqrt(square);
        }
        used[0] = 0;
      }
      return (float) row[used[0]++];
    };
  }
}
