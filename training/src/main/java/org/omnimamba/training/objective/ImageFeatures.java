package org.omnimamba.training.objective;

import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.training.step.ObjectiveScope;
import org.omnimamba.training.tower.TowerFeatures;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** How an objective gets what the towers see. */
public enum ImageFeatures {
  /**
   * Input {@code pictures}, bytes {@code [batch, imageSize, imageSize, 3]}, through the frozen
   * towers.
   */
  PICTURES {
    @Override
    Operand<TFloat32> features(ObjectiveScope scope, ModelConfig model, int batch) {
      int size = model.vision().imageSize();
      Operand<TFloat32> unit =
          scope
              .tf()
              .math
              .div(
                  scope
                      .tf()
                      .dtypes
                      .cast(
                          scope.bytes("pictures", Shape.of(batch, size, size, 3)), TFloat32.class),
                  scope.tf().constant(255f));
      return new TowerFeatures(scope.parameters(), model.vision()).patches(unit);
    }
  },
  /** Input {@code vision_features}, {@code [batch, patches, featureDim]}, computed before. */
  PRECOMPUTED {
    @Override
    Operand<TFloat32> features(ObjectiveScope scope, ModelConfig model, int batch) {
      return scope.floats(
          "vision_features",
          Shape.of(batch, model.vision().patches(), model.vision().featureDim()));
    }
  };

  /** Concatenated features of all towers, {@code [batch, patches, featureDim]}. */
  abstract Operand<TFloat32> features(ObjectiveScope scope, ModelConfig model, int batch);
}
