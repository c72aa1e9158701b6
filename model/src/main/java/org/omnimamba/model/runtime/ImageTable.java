package org.omnimamba.model.runtime;

import org.omnimamba.model.device.DeviceVariable;
import org.omnimamba.model.device.DeviceVariables;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.FunctionScope;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * What the towers and the projector saw in a few images, on the device: the vision part writes a
 * place, and prompts about the image read it there. So an image's embeddings, 6 MB at the sizes of
 * 1.3B, never come to the host.
 */
public final class ImageTable {
  /** Enough for one that is being written, one that is being read and two that wait. */
  private static final int PLACES = 4;

  private final int patches;
  private final DeviceVariable rows;

  /**
   * @param patches embeddings of an image
   */
  public ImageTable(DeviceVariables variables, int patches, int dModel) {
    this.patches = patches;
    this.rows =
        variables.zeros("image_rows", ElementType.F32, Shape.of((long) PLACES * patches, dModel));
  }

  /** Images that are there at once; places are numbered from 0. */
  public int places() {
    return PLACES;
  }

  /** Embeddings of an image. */
  public int patches() {
    return patches;
  }

  /** Refuses a place that there is not. */
  public int checked(int place) {
    if (place < 0 || place >= PLACES) {
      throw new IllegalArgumentException(
          "there are %d places for images, none is %d".formatted(PLACES, place));
    }
    return place;
  }

  /**
   * Adds the writing of an image to a function.
   *
   * @param place {@code [1]}
   * @param embeddings {@code [patches, dModel]}
   */
  public void write(FunctionScope scope, Operand<TInt64> place, Operand<TFloat32> embeddings) {
    long[] patch = new long[patches];
    for (int i = 0; i < patches; i++) {
      patch[i] = i;
    }
    Ops tf = scope.tf();
    scope.effect(
        tf.resourceScatterUpdate(
            scope.handle(rows), row(tf, place, tf.constant(patch)), embeddings));
  }

  /**
   * Some embeddings of one image, in a function.
   *
   * @param place {@code [1]}
   * @param patch numbers of embeddings, {@code [n]}
   * @return {@code [n, dModel]}
   */
  public Operand<TFloat32> read(FunctionScope scope, Operand<TInt64> place, Operand<TInt64> patch) {
    Ops tf = scope.tf();
    Operand<TFloat32> found =
        tf.resourceGather(scope.handle(rows), row(tf, place, patch), TFloat32.class);
    // a handle that is a function's argument does not carry the shape
    return tf.reshape(found, tf.constant(new long[] {patch.shape().get(0), rows.shape().get(1)}));
  }

  private Operand<TInt64> row(Ops tf, Operand<TInt64> place, Operand<TInt64> patch) {
    return tf.math.add(tf.math.mul(place, tf.constant((long) patches)), patch);
  }
}
