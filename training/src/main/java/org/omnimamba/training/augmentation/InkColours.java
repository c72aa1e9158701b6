package org.omnimamba.training.augmentation;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Turns the hue, changes saturation and darkness: one linear map of the colours for each picture,
 * which leaves white white.
 */
final class InkColours {
  /** Averages the channels: what is left of a colour without saturation. */
  private static final float[] GREY = {
    1 / 3f, 1 / 3f, 1 / 3f, 1 / 3f, 1 / 3f, 1 / 3f, 1 / 3f, 1 / 3f, 1 / 3f
  };

  private static final float[] CHROMA = {
    2 / 3f, -1 / 3f, -1 / 3f, -1 / 3f, 2 / 3f, -1 / 3f, -1 / 3f, -1 / 3f, 2 / 3f
  };

  private static final float ROOT = (float) Math.sqrt(1.0 / 3);

  /** A quarter turn of the chroma about the grey axis. */
  private static final float[] QUARTER = {0, -ROOT, ROOT, ROOT, 0, -ROOT, -ROOT, ROOT, 0};

  private final Ops tf;
  private final AugmentationSettings settings;
  private final Draws random;

  InkColours(Ops tf, AugmentationSettings settings, Draws random) {
    this.tf = tf;
    this.settings = settings;
    this.random = random;
  }

  /**
   * @param ink {@code [batch, height, width, 3]}
   * @return {@code [batch, height, width, 3]}, about 0..1
   */
  Operand<TFloat32> apply(Operand<TFloat32> ink) {
    long batch = ink.shape().get(0);
    float turn = (float) (2 * Math.PI) * settings.hue();
    Operand<TFloat32> angle = random.uniform(-turn, turn, batch, 1, 1);
    Operand<TFloat32> saturation = around(settings.saturation(), batch);
    Operand<TFloat32> brightness = around(settings.brightness(), batch);
    Operand<TFloat32> turned =
        tf.math.add(
            tf.math.mul(tf.math.cos(angle), matrix(CHROMA)),
            tf.math.mul(tf.math.sin(angle), matrix(QUARTER)));
    Operand<TFloat32> map =
        tf.math.mul(brightness, tf.math.add(matrix(GREY), tf.math.mul(saturation, turned)));
    return tf.linalg.einsum(List.of(ink, map), "bhwc,bdc->bhwd");
  }

  private Operand<TFloat32> around(float change, long batch) {
    return random.uniform(1 - change, 1 + change, batch, 1, 1);
  }

  private Operand<TFloat32> matrix(float[] values) {
    return tf.reshape(tf.constant(values), tf.array(1L, 3L, 3L));
  }
}
