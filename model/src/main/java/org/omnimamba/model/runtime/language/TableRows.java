package org.omnimamba.model.runtime.language;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.model.device.DeviceVariable;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.mamba.LayerStates;
import org.omnimamba.model.graph.mamba.MixerState;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Reads and writes rows of {@link StateTable} inside a function, layer after layer.
 *
 * <p>The last columns of the convolution form a ring: the column of token {@code t} is at {@code t
 * mod dConv}. So a step writes one column and moves none, which it could not do in place.
 */
final class TableRows implements LayerStates {
  private final FunctionScope scope;
  private final Ops tf;
  private final StateTable table;
  private final Rows from;
  private final Rows to;
  private final boolean single;
  private final List<Op> written = new ArrayList<>();

  /**
   * One row per sequence of the batch.
   *
   * @param slots {@code [batch]}
   * @param positions tokens that the state in this row has seen, {@code [batch]}
   */
  record Rows(Operand<TInt64> slots, Operand<TInt64> positions) {}

  private TableRows(FunctionScope scope, StateTable table, Rows from, Rows to, boolean single) {
    this.scope = scope;
    this.tf = scope.tf();
    this.table = table;
    this.from = from;
    this.to = to;
    this.single = single;
  }

  /** For one token per row. */
  static TableRows step(FunctionScope scope, StateTable table, Rows rows) {
    return new TableRows(scope, table, rows, rows, true);
  }

  /** For sequences that start in one row and end in another, or in the same. */
  static TableRows sequence(FunctionScope scope, StateTable table, Rows from, Rows to) {
    return new TableRows(scope, table, from, to, false);
  }

  @Override
  public MixerState before(int layer) {
    // after the previous layer's write, so that the variable has one value at a time
    Ops after = written.isEmpty() ? tf : tf.withControlDependencies(written.toArray(new Op[0]));
    long batch = from.slots().shape().get(0);
    Operand<TFloat32> conv =
        after.resourceGather(
            scope.handle(table.conv()), ring(layer, from, table.config().dConv()), TFloat32.class);
    Operand<TFloat32> ssm =
        tf.dtypes.cast(
            after.resourceGather(
                scope.handle(table.ssm()), row(layer, from), table.ssm().numberType()),
            TFloat32.class);
    Shape one = table.ssm().shape();
    return new MixerState(
        reshape(conv, batch, table.config().dConv(), table.config().convDim()),
        table.turned(tf, reshape(ssm, batch, one.get(1), one.get(2), one.get(3))));
  }

  @Override
  public void after(int layer, MixerState state) {
    written.clear();
    int columns = single ? 1 : table.config().dConv();
    Operand<TFloat32> conv = single ? newest(state.conv()) : state.conv();
    long batch = to.slots().shape().get(0);
    write(
        table.conv(),
        ring(layer, to, columns),
        reshape(conv, batch * columns, table.config().convDim()));
    write(
        table.ssm(),
        row(layer, to),
        tf.dtypes.cast(table.turned(tf, state.ssm()), table.ssm().numberType()));
  }

  private void write(
      DeviceVariable variable, Operand<TInt64> rows, Operand<? extends TNumber> values) {
    Op update = tf.resourceScatterUpdate(scope.handle(variable), rows, values);
    scope.effect(update);
    written.add(update);
  }

  private Operand<TFloat32> newest(Operand<TFloat32> window) {
    long[] begin = {0, table.config().dConv() - 1L, 0};
    long[] size = {window.shape().get(0), 1, window.shape().get(2)};
    return tf.slice(window, tf.constant(begin), tf.constant(size));
  }

  private Operand<TInt64> row(int layer, Rows rows) {
    return tf.math.add(rows.slots(), tf.constant((long) layer * table.rows()));
  }

  /**
   * Rows of the next {@code columns} places of the ring, oldest first: {@code [batch * columns]}.
   */
  private Operand<TInt64> ring(int layer, Rows rows, int columns) {
    long taps = table.config().dConv();
    long[] offsets = new long[columns];
    for (int i = 0; i < columns; i++) {
      offsets[i] = i;
    }
    Operand<TInt64> places =
        tf.math.floorMod(
            tf.math.add(tf.expandDims(rows.positions(), tf.constant(1)), tf.constant(offsets)),
            tf.constant(taps));
    Operand<TInt64> first =
        tf.math.mul(tf.expandDims(row(layer, rows), tf.constant(1)), tf.constant(taps));
    long batch = rows.slots().shape().get(0);
    return tf.reshape(tf.math.add(first, places), tf.constant(new long[] {batch * columns}));
  }

  private Operand<TFloat32> reshape(Operand<TFloat32> x, long... shape) {
    return tf.reshape(x, tf.constant(shape));
  }
}
