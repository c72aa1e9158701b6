package org.omnimamba.model.graph.vision;

import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * Cuts an image into patches and maps each to a vector; parameters {@code proj.weight} {@code [dim,
 * 3, patch, patch]} and {@code proj.bias}. Patches do not overlap, so the convolution is a matrix
 * product. Pixel rows and columns that fill no patch are never read.
 */
final class PatchEmbedding {
  private static final int CHANNELS = 3;

  private final BlockContext context;
  private final int patch;

  PatchEmbedding(BlockContext context, int patch) {
    this.context = context;
    this.patch = patch;
  }

  /**
   * @param pixels {@code [batch, 3, height, width]}, all sizes known
   * @return {@code [batch, patches, dim]}, patches row by row
   */
  Operand<TFloat32> apply(Operand<TFloat32> pixels) {
    Ops tf = context.tf();
    Shape shape = pixels.shape();
    long batch = shape.get(0);
    long rows = shape.get(2) / patch;
    long columns = shape.get(3) / patch;
    Operand<TFloat32> read =
        context.slice(
            pixels, new long[4], new long[] {batch, CHANNELS, rows * patch, columns * patch});
    Operand<TFloat32> cut =
        tf.reshape(read, tf.array(batch, CHANNELS, rows, patch, columns, patch));
    Operand<TFloat32> patches =
        tf.reshape(
            tf.linalg.transpose(cut, tf.array(0, 2, 4, 1, 3, 5)),
            tf.array(batch, rows * columns, values()));
    return tf.math.add(
        context.timesTransposed(patches, flat(context.stored("proj.weight"))),
        context.parameter("proj.bias"));
  }

  private <T extends TNumber> Operand<T> flat(Operand<T> weight) {
    Ops tf = context.tf();
    return tf.reshape(weight, tf.array(weight.shape().get(0), values()));
  }

  private long values() {
    return (long) CHANNELS * patch * patch;
  }
}
