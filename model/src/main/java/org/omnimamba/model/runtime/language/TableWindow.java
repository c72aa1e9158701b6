package org.omnimamba.model.runtime.language;

import java.util.List;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.mamba.LayerStates;
import org.omnimamba.model.graph.mamba.MixerState;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * One token for each of several consecutive rows of {@link StateTable}, inside a compiled function.
 * An accelerator updates a window in place and at once, whereas rows that lie anywhere have to be
 * gathered and scattered. Rows that do not take part keep their state: their step size is 0.
 *
 * <p>Reads are dynamic slices with the very begin of the update that follows: a GPU fuses both into
 * one kernel, and that kernel works in place only if they provably touch the same elements. With
 * static slices it copied the whole variable in every layer.
 */
final class TableWindow implements LayerStates {
  private final FunctionScope scope;
  private final Ops tf;
  private final StateTable table;
  private final LanguageModelConfig config;
  private final Operand<TInt64> first;
  private final Operand<TInt64> positions;
  private final Operand<TFloat32> active;
  private final Operand<TBool> written;
  private final int batch;
  private Operand<TFloat32> conv;
  private Operand<? extends TNumber> ssm;

  /**
   * @param first row of the window, {@code [1]}
   * @param positions tokens that each row has seen, {@code [batch]}
   * @param active 1 for rows that take part, else 0, {@code [batch]}
   */
  TableWindow(
      FunctionScope scope,
      StateTable table,
      Operand<TInt64> first,
      Operand<TInt64> positions,
      Operand<TFloat32> active) {
    this(
        scope,
        table,
        first,
        positions,
        active,
        scope.read(table.conv(), TFloat32.class),
        scope.read(table.ssm()).asOutput().expect(table.ssm().numberType()));
  }

  private TableWindow(
      FunctionScope scope,
      StateTable table,
      Operand<TInt64> first,
      Operand<TInt64> positions,
      Operand<TFloat32> active,
      Operand<TFloat32> conv,
      Operand<? extends TNumber> ssm) {
    this.scope = scope;
    this.tf = scope.tf();
    this.table = table;
    this.config = table.config();
    this.first = first;
    this.positions = positions;
    this.active = active;
    this.batch = (int) positions.shape().get(0);
    this.conv = conv;
    this.ssm = ssm;
    this.written = written(active);
  }

  /** What the layers left, for one more token of the same rows. */
  TableWindow after(Operand<TInt64> nextPositions) {
    return new TableWindow(scope, table, first, nextPositions, active, conv, ssm);
  }

  /** The ring's place of this token, in rows that take part: {@code [batch, dConv, 1]}. */
  private Operand<TBool> written(Operand<TFloat32> active) {
    long[] places = new long[config.dConv()];
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }
    Operand<TInt64> now = tf.math.floorMod(positions, tf.constant((long) config.dConv()));
    Operand<TBool> here = tf.math.equal(tf.expandDims(now, tf.constant(1)), tf.constant(places));
    Operand<TBool> takesPart =
        tf.expandDims(tf.math.greater(active, tf.constant(0f)), tf.constant(1));
    return tf.expandDims(tf.math.logicalAnd(here, takesPart), tf.constant(2));
  }

  @Override
  public MixerState before(int layer) {
    Shape one = table.ssm().shape();
    Operand<TFloat32> rows =
        tf.dtypes.cast(
            scope.dynamicSlice(ssm, ssmRow(layer), batch, one.get(1), one.get(2), one.get(3)),
            TFloat32.class);
    return new MixerState(
        tf.gather(ring(layer), oldestFirst(), tf.constant(1), Gather.batchDims(1L)),
        table.turned(tf, rows));
  }

  @Override
  public void after(int layer, MixerState state) {
    long[] begin = {0, config.dConv() - 1L, 0};
    long[] size = {batch, 1, config.convDim()};
    Operand<TFloat32> newest = tf.slice(state.conv(), tf.constant(begin), tf.constant(size));
    Operand<TFloat32> ring = tf.select(written, newest, ring(layer));
    long[] flat = {(long) batch * config.dConv(), config.convDim()};
    conv = scope.updateSlice(conv, tf.reshape(ring, tf.constant(flat)), convRow(layer));
    ssm =
        updated(
            ssm,
            tf.dtypes.cast(table.turned(tf, state.ssm()), table.ssm().numberType()),
            ssmRow(layer));
  }

  private <T extends TNumber> Operand<T> updated(
      Operand<T> whole, Operand<? extends TNumber> part, Operand<TInt64> begin) {
    return scope.updateSlice(whole, part.asOutput().expect(whole.type()), begin);
  }

  /** Stores what the layers left; call once, after the last layer. */
  void store() {
    scope.effect(tf.assignVariableOp(scope.handle(table.conv()), conv));
    scope.effect(tf.assignVariableOp(scope.handle(table.ssm()), ssm));
  }

  /** The window's columns as they are stored, {@code [batch, dConv, convDim]}. */
  private Operand<TFloat32> ring(int layer) {
    long[] shape = {batch, config.dConv(), config.convDim()};
    return tf.reshape(
        scope.dynamicSlice(conv, convRow(layer), (long) batch * config.dConv(), config.convDim()),
        tf.constant(shape));
  }

  /** Places of the ring in the order of their tokens, {@code [batch, dConv]}. */
  private Operand<TInt64> oldestFirst() {
    long[] ages = new long[config.dConv()];
    for (int i = 0; i < ages.length; i++) {
      ages[i] = i;
    }
    return tf.math.floorMod(
        tf.math.add(tf.expandDims(positions, tf.constant(1)), tf.constant(ages)),
        tf.constant((long) config.dConv()));
  }

  private Operand<TInt64> ssmRow(int layer) {
    Operand<TInt64> row = tf.math.add(first, tf.constant((long) layer * table.rows()));
    return tf.concat(List.of(row, tf.constant(new long[3])), tf.constant(0));
  }

  private Operand<TInt64> convRow(int layer) {
    Operand<TInt64> row = tf.math.add(first, tf.constant((long) layer * table.rows()));
    return tf.concat(
        List.of(tf.math.mul(row, tf.constant((long) config.dConv())), tf.constant(new long[1])),
        tf.constant(0));
  }
}
