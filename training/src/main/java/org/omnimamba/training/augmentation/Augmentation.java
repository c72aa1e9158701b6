package org.omnimamba.training.augmentation;

import org.omnimamba.training.step.ObjectiveScope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * Alters pictures on the device, inside the training step. It works on <em>ink</em>, one minus the
 * colour: white paper has none, so what is moved in from outside the picture, or wiped out, becomes
 * white by itself.
 */
public final class Augmentation {
  private static final float DARKEST_PAPER = 0.5f;

  private final Ops tf;
  private final AugmentationSettings settings;
  private final Draws random;

  /**
   * @param scope of a training step; elsewhere pictures are not altered
   */
  public Augmentation(ObjectiveScope scope, AugmentationSettings settings) {
    this.tf = scope.tf();
    this.settings = scope.training() ? settings : AugmentationSettings.none();
    this.random = new Draws(scope);
  }

  /**
   * Colours in 0..1.
   *
   * @param pictures {@code [batch, height, width, 3]}
   */
  public static Operand<TFloat32> unit(Ops tf, Operand<TUint8> pictures) {
    return tf.math.mul(tf.dtypes.cast(pictures, TFloat32.class), tf.constant(1 / 255f));
  }

  /**
   * @param pictures colours in 0..1, {@code [batch, height, width, 3]}, all sizes known
   * @param mayMirror {@code [batch]}: 1 where a picture means the same as its mirror image, else 0
   * @return altered pictures of the same shape, in 0..1
   */
  public Operand<TFloat32> apply(Operand<TFloat32> pictures, Operand<TFloat32> mayMirror) {
    long batch = pictures.shape().get(0);
    Operand<TFloat32> ink = tf.math.sub(tf.constant(1f), pictures);
    if (settings.moves()) {
      ink = new Placement(tf, settings, random).apply(ink, mayMirror);
    }
    if (settings.colours()) {
      ink = new InkColours(tf, settings, random).apply(ink);
    }
    if (settings.cutout() > 0) {
      ink = tf.math.mul(ink, kept(batch, pictures.shape().get(1), pictures.shape().get(2)));
    }
    Operand<TFloat32> drawn = tf.math.sub(tf.constant(1f), ink);
    if (settings.paper() > 0) {
      drawn = tf.math.mul(drawn, paper(batch));
    }
    return tf.clipByValue(drawn, tf.constant(0f), tf.constant(1f));
  }

  /** The light colour of the paper, {@code [batch, 1, 1, 3]}. */
  private Operand<TFloat32> paper(long batch) {
    Operand<TFloat32> coloured = random.chance(settings.paper(), batch, 1, 1, 1);
    Operand<TFloat32> darkness = random.uniform(0f, DARKEST_PAPER, batch, 1, 1, 3);
    return tf.math.sub(tf.constant(1f), tf.math.mul(coloured, darkness));
  }

  /** 0 inside the rectangle that is wiped out, 1 elsewhere, {@code [batch, height, width, 1]}. */
  private Operand<TFloat32> kept(long batch, long height, long width) {
    Operand<TFloat32> cut = random.chance(settings.cutout(), batch, 1, 1, 1);
    Operand<TFloat32> rows = tf.reshape(inside(batch, height), tf.array(batch, height, 1L, 1L));
    Operand<TFloat32> columns = tf.reshape(inside(batch, width), tf.array(batch, 1L, width, 1L));
    return tf.math.sub(tf.constant(1f), tf.math.mul(cut, tf.math.mul(rows, columns)));
  }

  /** 1 in a random interval of a side, {@code [batch, size]}. */
  private Operand<TFloat32> inside(long batch, long size) {
    Operand<TFloat32> centre = random.uniform(0f, (float) size, batch, 1);
    Operand<TFloat32> radius = random.uniform(0f, settings.cutoutSide() * size / 2, batch, 1);
    Operand<TFloat32> places = Placement.places(tf, size, 1, size);
    return tf.dtypes.cast(
        tf.math.lessEqual(tf.math.abs(tf.math.sub(places, centre)), radius), TFloat32.class);
  }
}
