package org.omnimamba.training.tower;

import org.omnimamba.model.config.VisionConfig;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.training.augmentation.Augmentation;
import org.omnimamba.training.augmentation.AugmentationSettings;
import org.omnimamba.training.step.Loss;
import org.omnimamba.training.step.Objective;
import org.omnimamba.training.step.ObjectiveScope;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Both towers against captions, concepts and styles. There is no layer between the towers' mean
 * features and the losses, so that the features themselves become comparable. Inputs:
 *
 * <ul>
 *   <li>{@value #PICTURES}: bytes {@code [batch, imageSize, imageSize, 3]}
 *   <li>{@value #MAY_MIRROR}: {@code [batch]}, 1 where the mirror image means the same, else 0
 *   <li>{@value #CAPTIONS}: ids {@code [batch, captionLength]}
 *   <li>{@value #CONCEPTS}, {@value #STYLES}: ids {@code [batch]}
 * </ul>
 *
 * Reports {@code concept_accuracy}, {@code style_accuracy} and the terms of the loss.
 */
public final class TowerObjective implements Objective {
  public static final String PICTURES = "pictures";
  public static final String MAY_MIRROR = "may_mirror";
  public static final String CAPTIONS = "captions";
  public static final String CONCEPTS = "concepts";
  public static final String STYLES = "styles";

  /** As CLIP bounds it. */
  private static final double LARGEST_SCALE = 100;

  private static final float STYLE_SCALE = 10f;

  private final VisionConfig vision;
  private final TowerSizes sizes;
  private final TowerLossSettings settings;
  private final AugmentationSettings augmentation;

  public TowerObjective(
      VisionConfig vision,
      TowerSizes sizes,
      TowerLossSettings settings,
      AugmentationSettings augmentation) {
    this.vision = vision;
    this.sizes = sizes;
    this.settings = settings;
    this.augmentation = augmentation;
  }

  @Override
  public Loss build(ObjectiveScope scope) {
    Ops tf = scope.tf();
    int batch = sizes.batch();
    int side = vision.imageSize();
    Operand<TFloat32> unit =
        Augmentation.unit(tf, scope.bytes(PICTURES, Shape.of(batch, side, side, 3)));
    Operand<TFloat32> mayMirror = scope.floats(MAY_MIRROR, Shape.of(batch));
    Operand<TInt64> captions = scope.longs(CAPTIONS, Shape.of(batch, sizes.captionLength()));
    Operand<TInt64> concepts = scope.longs(CONCEPTS, Shape.of(batch));
    Operand<TInt64> styles = scope.longs(STYLES, Shape.of(batch));

    Operand<TFloat32> altered = new Augmentation(scope, augmentation).apply(unit, mayMirror);
    Operand<TFloat32> features =
        MultiPositiveLoss.normalised(
            tf, new TowerFeatures(scope.parameters(), vision).mean(altered));
    BlockContext heads = scope.parameters().in(TowerHeads.PREFIX);
    MultiPositiveLoss loss = new MultiPositiveLoss(tf);

    Operand<TFloat32> points =
        MultiPositiveLoss.normalised(
            tf, new CaptionEncoder(heads.in("captions"), sizes.padding()).apply(captions));
    Operand<TFloat32> captionLoss =
        loss.symmetric(
            features, points, scale(heads, "captions.log_scale"), loss.sameLabel(concepts));
    Operand<TFloat32> conceptLogits =
        loss.similarities(
            features,
            MultiPositiveLoss.normalised(tf, heads.parameter("concepts.weight")),
            scale(heads, "concepts.log_scale"));
    Operand<TFloat32> conceptLoss =
        loss.crossEntropy(
            conceptLogits, loss.oneOf(concepts, sizes.concepts(), settings.smoothing()));
    Operand<TFloat32> styleLogits =
        tf.math.mul(heads.linearWithBias(features, "styles"), tf.constant(STYLE_SCALE));
    Operand<TFloat32> styleLoss =
        loss.crossEntropy(styleLogits, loss.oneOf(styles, sizes.styles(), settings.smoothing()));

    return Loss.of(
            tf.math.add(
                weighted(tf, captionLoss, settings.captions()),
                tf.math.add(
                    weighted(tf, conceptLoss, settings.concepts()),
                    weighted(tf, styleLoss, settings.styles()))))
        .withMetric("captions", captionLoss)
        .withMetric("concepts", conceptLoss)
        .withMetric("styles", styleLoss)
        .withMetric("concept_accuracy", loss.accuracy(conceptLogits, concepts))
        .withMetric("style_accuracy", loss.accuracy(styleLogits, styles));
  }

  private static Operand<TFloat32> weighted(Ops tf, Operand<TFloat32> term, float weight) {
    return tf.math.mul(term, tf.constant(weight));
  }

  /** A learnt factor of similarities, kept positive by its logarithm. */
  private static Operand<TFloat32> scale(BlockContext heads, String name) {
    Ops tf = heads.tf();
    Operand<TFloat32> bounded =
        tf.math.minimum(heads.parameter(name), tf.constant((float) Math.log(LARGEST_SCALE)));
    return tf.math.exp(tf.reshape(bounded, tf.constant(new long[0])));
  }
}
