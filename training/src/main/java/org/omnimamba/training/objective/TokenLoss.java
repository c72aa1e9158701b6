package org.omnimamba.training.objective;

import org.omnimamba.training.step.Loss;
import org.omnimamba.training.step.ObjectiveScope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Cross entropy of next tokens. */
final class TokenLoss {
  /** Label of a place without loss. */
  static final long IGNORED = -100;

  private TokenLoss() {}

  /**
   * The mean over all places of the batch that have a label, and how many of their tokens are the
   * most probable ones. A share of the batch gives its part of both, so the labels of all rows say
   * what is divided by.
   *
   * @param logits {@code [batch, places, vocabulary]}
   * @param labels {@code [batch of all rows, places]}, {@link #IGNORED} where there is no loss
   * @param name of the metrics: {@code name_loss} and {@code name_accuracy}
   */
  static Loss of(
      ObjectiveScope scope, Operand<TFloat32> logits, Operand<TInt64> labels, String name) {
    return of(scope, logits, scope.ownRows(labels), count(scope.tf(), labels), name);
  }

  /**
   * {@link #of} where every place has a loss, in all rows.
   *
   * @param ids {@code [batch, places]}
   */
  static Loss everywhere(
      ObjectiveScope scope, Operand<TFloat32> logits, Operand<TInt64> ids, String name) {
    Ops tf = scope.tf();
    Operand<TFloat32> count = count(tf, ids);
    if (scope.shares() > 1) {
      count = tf.math.mul(count, tf.constant((float) scope.shares()));
    }
    return of(scope, logits, ids, count, name);
  }

  /** How many places have a label; at least 1. */
  private static Operand<TFloat32> count(Ops tf, Operand<TInt64> labels) {
    Operand<TFloat32> counted =
        tf.dtypes.cast(
            tf.math.notEqual(
                tf.reshape(labels, tf.constant(new long[] {labels.shape().size()})),
                tf.constant(IGNORED)),
            TFloat32.class);
    return tf.math.maximum(tf.reduceSum(counted, tf.constant(0)), tf.constant(1f));
  }

  private static Loss of(
      ObjectiveScope scope,
      Operand<TFloat32> logits,
      Operand<TInt64> labels,
      Operand<TFloat32> count,
      String name) {
    Ops tf = scope.tf();
    long vocabulary = logits.shape().get(2);
    long rows = logits.shape().get(0) * logits.shape().get(1);
    Operand<TFloat32> flat = tf.reshape(logits, tf.constant(new long[] {rows, vocabulary}));
    Operand<TInt64> targets = tf.reshape(labels, tf.constant(new long[] {rows}));
    // a label outside the vocabulary gives a row of zeros, which takes the place out of the sum
    Operand<TFloat32> expected =
        tf.oneHot(
            targets, tf.constant(Math.toIntExact(vocabulary)), tf.constant(1f), tf.constant(0f));
    Operand<TFloat32> sum =
        tf.math.neg(
            tf.reduceSum(
                tf.math.mul(expected, tf.nn.logSoftmax(flat)), tf.constant(new int[] {0, 1})));
    Operand<TFloat32> loss = tf.math.div(sum, count);
    Operand<TFloat32> right =
        tf.dtypes.cast(
            tf.math.equal(tf.math.argMax(flat, tf.constant(1), TInt64.class), targets),
            TFloat32.class);
    return Loss.of(loss)
        .withMetric(name + "_loss", loss)
        .withMetric(name + "_accuracy", tf.math.div(tf.reduceSum(right, tf.constant(0)), count));
  }
}
