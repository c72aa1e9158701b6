package org.omnimamba.training.tower;

import java.util.List;
import org.omnimamba.model.config.TowerConfig;
import org.omnimamba.model.config.VisionConfig;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.vision.VisionBackbone;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The features that the model reads, from pictures that are on the device already. */
public final class TowerFeatures {
  private final BlockContext context;
  private final VisionConfig config;

  /**
   * @param context at the checkpoint's root
   */
  public TowerFeatures(BlockContext context, VisionConfig config) {
    this.context = context;
    this.config = config;
  }

  /**
   * All towers' features, as the projector gets them.
   *
   * @param unit colours in 0..1, {@code [batch, imageSize, imageSize, 3]}
   * @return {@code [batch, patches, featureDim]}
   */
  public Operand<TFloat32> patches(Operand<TFloat32> unit) {
    List<Operand<TFloat32>> pixels =
        config.towers().stream().map(tower -> pixels(unit, tower)).toList();
    return new VisionBackbone(context, config).features(pixels);
  }

  /**
   * One vector for a picture: the mean over its patches. Pictures of the same thing point in nearly
   * the same direction.
   *
   * @param unit colours in 0..1, {@code [batch, imageSize, imageSize, 3]}
   * @return {@code [batch, featureDim]}
   */
  public Operand<TFloat32> mean(Operand<TFloat32> unit) {
    return context.tf().math.mean(patches(unit), context.tf().constant(1));
  }

  /** As the tower sees a picture, {@code [batch, 3, imageSize, imageSize]}. */
  private Operand<TFloat32> pixels(Operand<TFloat32> unit, TowerConfig tower) {
    Ops tf = context.tf();
    Operand<TFloat32> normalised =
        tf.math.div(
            tf.math.sub(unit, tf.constant(values(tower.mean()))), tf.constant(values(tower.std())));
    return tf.linalg.transpose(normalised, tf.array(0, 3, 1, 2));
  }

  private static float[] values(List<Float> list) {
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i);
    }
    return values;
  }
}
