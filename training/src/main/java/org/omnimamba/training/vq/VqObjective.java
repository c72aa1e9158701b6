package org.omnimamba.training.vq;

import org.omnimamba.model.config.VqConfig;
import org.omnimamba.model.graph.Axes;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.vq.VectorQuantizer;
import org.omnimamba.model.graph.vq.VqDecoder;
import org.omnimamba.model.graph.vq.VqEncoder;
import org.omnimamba.training.augmentation.Augmentation;
import org.omnimamba.training.augmentation.AugmentationSettings;
import org.omnimamba.training.step.Loss;
import org.omnimamba.training.step.Objective;
import org.omnimamba.training.step.ObjectiveScope;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Pictures through encoder, codebook and decoder and back to pixels. Inputs:
 *
 * <ul>
 *   <li>{@value #PICTURES}: bytes {@code [batch, size, size, 3]}
 *   <li>{@value #MAY_MIRROR}: {@code [batch]}, 1 where the mirror image means the same, else 0
 *   <li>{@value #SHARE}: {@code [1]}, 0 to train an autoencoder without codes, 1 to quantize
 * </ul>
 *
 * Reports {@code psnr} in dB, {@code codes} (share of the codebook that the batch uses) and the
 * terms of the loss; with a weight of locality also {@code moved}, see {@link Locality#moved}.
 */
public final class VqObjective implements Objective {
  public static final String PICTURES = "pictures";
  public static final String MAY_MIRROR = "may_mirror";
  public static final String SHARE = "quantized_share";

  /** Observation {@code [codebookSize]}: how often the batch uses each code. */
  static final String CODE_USES = "code_uses";

  /**
   * Observation {@code [vectors, codebookDim + 1]}: some of the batch's vectors, and how far
   * (squared) each is from its code.
   */
  static final String SAMPLE = "code_sample";

  private static final long SAMPLED = 4096;

  /** Turns a natural logarithm into decibels of a power. */
  private static final float DECIBELS = (float) (-10 / Math.log(10));

  private final VqConfig config;
  private final int batch;
  private final int size;
  private final VqLossWeights weights;
  private final AugmentationSettings augmentation;
  private final boolean convolvesByProducts;

  /**
   * @param batch pictures of a batch
   * @param size their side in pixels, a multiple of the downsample factor
   */
  public VqObjective(
      VqConfig config,
      int batch,
      int size,
      VqLossWeights weights,
      AugmentationSettings augmentation) {
    this(config, batch, size, weights, augmentation, false);
  }

  /**
   * @param convolvesByProducts see {@link BlockContext#convolvingByProducts}
   */
  VqObjective(
      VqConfig config,
      int batch,
      int size,
      VqLossWeights weights,
      AugmentationSettings augmentation,
      boolean convolvesByProducts) {
    if (size % config.downsampleFactor() != 0) {
      throw new IllegalArgumentException(
          "pictures of %d px cannot be cut into tokens of %d px; choose a multiple"
              .formatted(size, config.downsampleFactor()));
    }
    this.config = config;
    this.batch = batch;
    this.size = size;
    this.weights = weights;
    this.augmentation = augmentation;
    this.convolvesByProducts = convolvesByProducts;
  }

  @Override
  public Loss build(ObjectiveScope scope) {
    Ops tf = scope.tf();
    Operand<TFloat32> unit =
        Augmentation.unit(tf, scope.bytes(PICTURES, Shape.of(batch, size, size, 3)));
    Operand<TFloat32> mayMirror = scope.floats(MAY_MIRROR, Shape.of(batch));
    Operand<TFloat32> share = scope.floats(SHARE, Shape.of(1));
    Operand<TFloat32> pictures =
        signed(tf, new Augmentation(scope, augmentation).apply(unit, mayMirror));

    BlockContext root = scope.parameters();
    BlockContext vq =
        (convolvesByProducts ? root.convolvingByProducts() : root).in("llm_backbone.vqvae");
    VectorQuantizer quantizer = new VectorQuantizer(vq.in("quantize"), config);
    VqEncoder encoder = new VqEncoder(vq, config);
    StraightThrough quantized =
        StraightThrough.of(
            tf, quantizer, encoder.apply(pictures), tf.reshape(share, tf.constant(new long[0])));
    Operand<TFloat32> decoded = new VqDecoder(vq, config).apply(quantized.entries());

    Operand<TFloat32> uses = uses(tf, quantized.codes());

    ReconstructionLoss reconstruction = new ReconstructionLoss(tf);
    Operand<TFloat32> absolute = reconstruction.absolute(decoded, pictures);
    Operand<TFloat32> square = reconstruction.square(decoded, pictures);
    Operand<TFloat32> edges = reconstruction.edges(decoded, pictures);
    Operand<TFloat32> loss = tf.math.mul(absolute, tf.constant(weights.absolute()));
    loss = plus(tf, loss, square, weights.square());
    loss = plus(tf, loss, edges, weights.edges());
    loss = plus(tf, loss, quantized.codebookLoss(), weights.codebook());
    loss = plus(tf, loss, quantized.commitmentLoss(), weights.commitment());
    Loss whole =
        weights.locality() == 0
            ? Loss.of(loss)
            : local(tf, loss, quantizer, quantized, encoder, pictures);
    return whole
        .withMetric("psnr", psnr(tf, square))
        .withMetric("absolute", absolute)
        .withMetric("edges", edges)
        .withMetric("commitment", quantized.commitmentLoss())
        .withMetric("codes", share(tf, uses))
        .withObservation(CODE_USES, uses)
        .withObservation(SAMPLE, sample(tf, quantized));
  }

  /** With the term of {@link Locality}; a row's neighbour is needed, so there is no share of it. */
  private Loss local(
      Ops tf,
      Operand<TFloat32> loss,
      VectorQuantizer quantizer,
      StraightThrough quantized,
      VqEncoder encoder,
      Operand<TFloat32> pictures) {
    Locality locality = new Locality(tf);
    Operand<TFloat32> mixed = encoder.apply(locality.mixed(pictures));
    Operand<TFloat32> distance = locality.distance(quantized.points(), quantizer.normalised(mixed));
    Operand<TFloat32> moved =
        locality.moved(
            quantized.codes(),
            quantizer.nearest(tf.stopGradient(mixed)),
            size / config.downsampleFactor());
    return Loss.of(plus(tf, loss, distance, weights.locality()))
        .withMetric("locality", distance)
        .withMetric("moved", moved);
  }

  /** Colours in 0..1 to the -1..1 that the tokenizer works with. */
  static Operand<TFloat32> signed(Ops tf, Operand<TFloat32> unit) {
    return tf.math.sub(tf.math.mul(unit, tf.constant(2f)), tf.constant(1f));
  }

  private static Operand<TFloat32> plus(
      Ops tf, Operand<TFloat32> sum, Operand<TFloat32> term, float weight) {
    return tf.math.add(sum, tf.math.mul(term, tf.constant(weight)));
  }

  /** Of the whole batch; pixels span 2, so the squared error counts a quarter. */
  private static Operand<TFloat32> psnr(Ops tf, Operand<TFloat32> square) {
    Operand<TFloat32> error =
        tf.math.add(tf.math.mul(square, tf.constant(0.25f)), tf.constant(1e-10f));
    return tf.math.mul(tf.math.log(error), tf.constant(DECIBELS));
  }

  private Operand<TFloat32> uses(Ops tf, Operand<TInt64> codes) {
    long count = codes.shape().size();
    return tf.math.unsortedSegmentSum(
        tf.fill(tf.array(count), tf.constant(1f)),
        tf.reshape(codes, tf.array(count)),
        tf.constant(config.codebookSize()));
  }

  private static Operand<TFloat32> share(Ops tf, Operand<TFloat32> uses) {
    return tf.math.mean(
        tf.dtypes.cast(tf.math.greater(uses, tf.constant(0f)), TFloat32.class), tf.constant(0));
  }

  private Operand<TFloat32> sample(Ops tf, StraightThrough quantized) {
    Operand<TFloat32> rows = rows(tf, quantized.points());
    Operand<TFloat32> squares =
        tf.reduceSum(
            tf.math.square(tf.math.sub(rows, rows(tf, quantized.codeVectors()))),
            tf.constant(1),
            ReduceSum.keepDims(true));
    Operand<TFloat32> all = Axes.concat(tf, rows, squares, 1);
    return Axes.slice(tf, all, 0, 0, Math.min(SAMPLED, all.shape().get(0)));
  }

  private Operand<TFloat32> rows(Ops tf, Operand<TFloat32> vectors) {
    long dim = config.codebookDim();
    return Axes.reshape(tf, vectors, vectors.shape().size() / dim, dim);
  }
}
