package org.omnimamba.training.tower;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Cross entropies over similarities in which several answers may be right (the symmetric loss of
 * arXiv 2103.00020 with the targets of supervised contrastive learning, arXiv 2004.11362).
 */
final class MultiPositiveLoss {
  private final Ops tf;

  MultiPositiveLoss(Ops tf) {
    this.tf = tf;
  }

  /** Rows of length one. */
  static Operand<TFloat32> normalised(Ops tf, Operand<TFloat32> rows) {
    Operand<TFloat32> square =
        tf.reduceSum(tf.math.square(rows), tf.constant(1), ReduceSum.keepDims(true));
    return tf.math.mul(rows, tf.math.rsqrt(tf.math.add(square, tf.constant(1e-12f))));
  }

  /**
   * Which pairs of a batch belong together: those of the same label, evenly; each row sums to one.
   *
   * @param labels {@code [batch]}
   * @return {@code [batch, batch]}
   */
  Operand<TFloat32> sameLabel(Operand<TInt64> labels) {
    long batch = labels.shape().get(0);
    Operand<TFloat32> same =
        tf.dtypes.cast(
            tf.math.equal(
                tf.reshape(labels, tf.array(batch, 1L)), tf.reshape(labels, tf.array(1L, batch))),
            TFloat32.class);
    return tf.math.div(same, tf.reduceSum(same, tf.constant(1), ReduceSum.keepDims(true)));
  }

  /**
   * Both directions' mean cross entropy.
   *
   * @param pictures {@code [batch, features]}, normalised
   * @param captions {@code [batch, features]}, normalised
   * @param scale factor of the similarities, a scalar
   * @param targets {@code [batch, batch]}, symmetric in which pairs are positive
   */
  Operand<TFloat32> symmetric(
      Operand<TFloat32> pictures,
      Operand<TFloat32> captions,
      Operand<TFloat32> scale,
      Operand<TFloat32> targets) {
    Operand<TFloat32> toCaptions = crossEntropy(similarities(pictures, captions, scale), targets);
    Operand<TFloat32> toPictures = crossEntropy(similarities(captions, pictures, scale), targets);
    return tf.math.mul(tf.math.add(toCaptions, toPictures), tf.constant(0.5f));
  }

  /** {@code scale · left · right^T}. */
  Operand<TFloat32> similarities(
      Operand<TFloat32> left, Operand<TFloat32> right, Operand<TFloat32> scale) {
    return tf.math.mul(tf.linalg.matMul(left, right, MatMul.transposeB(true)), scale);
  }

  /**
   * Mean cross entropy of rows.
   *
   * @param logits {@code [rows, answers]}
   * @param targets {@code [rows, answers]}, each row sums to one
   */
  Operand<TFloat32> crossEntropy(Operand<TFloat32> logits, Operand<TFloat32> targets) {
    Operand<TFloat32> perRow =
        tf.reduceSum(tf.math.mul(targets, tf.nn.logSoftmax(logits)), tf.constant(1));
    return tf.math.neg(tf.math.mean(perRow, tf.constant(0)));
  }

  /**
   * One right answer a row, the rest of the weight spread over all.
   *
   * @param labels {@code [rows]}
   * @param answers how many there are
   * @param smoothing weight that is spread
   * @return {@code [rows, answers]}
   */
  Operand<TFloat32> oneOf(Operand<TInt64> labels, int answers, float smoothing) {
    return tf.oneHot(
        labels,
        tf.constant(answers),
        tf.constant(1 - smoothing + smoothing / answers),
        tf.constant(smoothing / answers));
  }

  /** Share of rows whose largest logit is the label's. */
  Operand<TFloat32> accuracy(Operand<TFloat32> logits, Operand<TInt64> labels) {
    Operand<TFloat32> right =
        tf.dtypes.cast(
            tf.math.equal(tf.math.argMax(tf.stopGradient(logits), tf.constant(1)), labels),
            TFloat32.class);
    return tf.math.mean(right, tf.constant(0));
  }
}
