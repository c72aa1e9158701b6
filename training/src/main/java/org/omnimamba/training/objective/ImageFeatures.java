package org.omnimamba.training.objective;

import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.training.augmentation.Augmentation;
import org.omnimamba.training.augmentation.AugmentationSettings;
import org.omnimamba.training.step.ObjectiveScope;
import org.omnimamba.training.tower.TowerFeatures;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** How an objective gets what the towers see. */
@FunctionalInterface
public interface ImageFeatures {
  /** Input {@code vision_features}, {@code [batch, patches, featureDim]}, computed before. */
  ImageFeatures PRECOMPUTED =
      (scope, model, batch) ->
          scope.floats(
              "vision_features",
              Shape.of(batch, model.vision().patches(), model.vision().featureDim()));

  /**
   * Concatenated features of all towers.
   *
   * @param batch rows
   * @return {@code [batch, patches, featureDim]}
   */
  Operand<TFloat32> features(ObjectiveScope scope, ModelConfig model, int batch);

  /**
   * Input {@code pictures}, bytes {@code [batch, imageSize, imageSize, 3]}, through the frozen
   * towers.
   *
   * @param augmentation alters the pictures before; none is mirrored. The towers know the pictures
   *     that they were trained on too well: altered ones look to the language model as new ones
   *     will
   */
  static ImageFeatures pictures(AugmentationSettings augmentation) {
    return (scope, model, batch) -> {
      Ops tf = scope.tf();
      int size = model.vision().imageSize();
      Operand<TFloat32> unit =
          Augmentation.unit(tf, scope.bytes("pictures", Shape.of(batch, size, size, 3)));
      Operand<TFloat32> seen =
          new Augmentation(scope, augmentation).apply(unit, tf.constant(new float[batch]));
      return new TowerFeatures(scope.parameters(), model.vision()).patches(seen);
    };
  }
}
