package org.omnimamba.model.graph.vision;

import java.util.List;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;

/** Multi-head self-attention of a vision transformer; layers {@code qkv} and {@code proj}. */
final class Attention {
  private final BlockContext context;
  private final int heads;

  Attention(BlockContext context, int heads) {
    this.context = context;
    this.heads = heads;
  }

  /**
   * @param x {@code [batch, tokens, dim]}, all sizes known
   * @return {@code [batch, tokens, dim]}
   */
  Operand<TFloat32> apply(Operand<TFloat32> x) {
    Ops tf = context.tf();
    Shape shape = x.shape();
    long headDim = shape.get(2) / heads;
    Operand<TFloat32> joint =
        tf.reshape(
            context.linearWithBias(x, "qkv"),
            tf.array(shape.get(0), shape.get(1), 3, heads, headDim));
    List<Operand<TFloat32>> qkv = List.copyOf(tf.unstack(joint, 3L, Unstack.axis(2L)).output());
    Operand<TFloat32> query =
        tf.math.mul(qkv.get(0), tf.constant((float) (1 / Math.sqrt(headDim))));
    Operand<TFloat32> weights = tf.nn.softmax(context.einsum("bqhd,bkhd->bhqk", query, qkv.get(1)));
    Operand<TFloat32> mixed = context.einsum("bhqk,bkhd->bqhd", weights, qkv.get(2));
    return context.linearWithBias(tf.reshape(mixed, tf.constant(shape.asArray())), "proj");
  }
}
