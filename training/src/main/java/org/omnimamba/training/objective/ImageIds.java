package org.omnimamba.training.objective;

import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.vq.VectorQuantizer;
import org.omnimamba.model.graph.vq.VqEncoder;
import org.omnimamba.training.augmentation.Augmentation;
import org.omnimamba.training.step.ObjectiveScope;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** How drawing gets the image tokens that it learns. */
@FunctionalInterface
public interface ImageIds {
  /** Input {@value #PICTURES_INPUT} of {@link #pictures}. */
  String PICTURES_INPUT = "t2i_pictures";

  /** Input {@code image_ids}, {@code [batch, imageTokens]}, computed before. */
  ImageIds PRECOMPUTED =
      (scope, model, batch) ->
          scope.longs("image_ids", Shape.of(batch, model.language().imageTokens()));

  /**
   * The ids.
   *
   * @param batch rows
   * @return {@code [batch, imageTokens]}
   */
  Operand<TInt64> ids(ObjectiveScope scope, ModelConfig model, int batch);

  /**
   * Input {@value #PICTURES_INPUT}, bytes {@code [batch, height, width, 3]}, through the frozen
   * image tokenizer within the step: for pictures that are made while training, of which there is
   * each one only once.
   *
   * @param convolvesByProducts see {@link BlockContext#convolvingByProducts}
   */
  static ImageIds pictures(boolean convolvesByProducts) {
    return (scope, model, batch) -> {
      Ops tf = scope.tf();
      int factor = model.vq().downsampleFactor();
      long height = (long) model.language().imageGridHeight() * factor;
      long width = (long) model.language().imageGridWidth() * factor;
      Operand<TFloat32> unit =
          Augmentation.unit(tf, scope.bytes(PICTURES_INPUT, Shape.of(batch, height, width, 3)));
      Operand<TFloat32> signed = tf.math.sub(tf.math.mul(unit, tf.constant(2f)), tf.constant(1f));
      BlockContext root = scope.parameters();
      // the names' prefix ends with a dot
      String part = ParameterNames.VQ.substring(0, ParameterNames.VQ.length() - 1);
      BlockContext vq = (convolvesByProducts ? root.convolvingByProducts() : root).in(part);
      return new VectorQuantizer(vq.in("quantize"), model.vq())
          .nearest(tf.stopGradient(new VqEncoder(vq, model.vq()).apply(signed)));
    };
  }
}
