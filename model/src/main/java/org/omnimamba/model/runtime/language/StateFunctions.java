package org.omnimamba.model.runtime.language;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.DeviceVariable;
import org.omnimamba.model.device.FunctionBody;
import org.omnimamba.model.device.FunctionScope;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Copies of whole states as functions: from slot to slot, to the host and back. They run op by op,
 * because XLA would copy the whole variable to move a row inside it. Each is built when it is first
 * needed.
 */
final class StateFunctions {
  private final DeviceProgram program;
  private final LanguageModelConfig config;
  private final StateTable table;
  private final Map<String, CompiledFunction> functions = new HashMap<>();

  StateFunctions(DeviceProgram program, LanguageModelConfig config, StateTable table) {
    this.program = program;
    this.config = config;
    this.table = table;
  }

  /** Copies one slot's state over another's. Inputs: from, to. */
  CompiledFunction copy() {
    return function("copy_state", this::buildCopy);
  }

  /** Reads one slot's state. Input: slot. Outputs: its rows of the two variables. */
  CompiledFunction read() {
    return function("read_state", this::buildRead);
  }

  /** Overwrites one slot's state. Inputs: slot, its rows of the two variables. */
  CompiledFunction write() {
    return function("write_state", this::buildWrite);
  }

  private CompiledFunction function(String name, FunctionBody body) {
    return functions.computeIfAbsent(name, n -> program.function(n, false, body));
  }

  private List<Operand<?>> buildCopy(FunctionScope scope) {
    Operand<TInt64> from = slot(scope);
    Operand<TInt64> to = slot(scope);
    for (DeviceVariable variable : List.of(table.ssm(), table.conv())) {
      writeRows(scope, variable, to, readRows(scope, variable, from));
    }
    return List.of();
  }

  private List<Operand<TFloat32>> buildRead(FunctionScope scope) {
    Operand<TInt64> slot = slot(scope);
    return List.of(readRows(scope, table.conv(), slot), readRows(scope, table.ssm(), slot));
  }

  private List<Operand<?>> buildWrite(FunctionScope scope) {
    Operand<TInt64> slot = slot(scope);
    for (DeviceVariable variable : List.of(table.conv(), table.ssm())) {
      Operand<TFloat32> values = scope.input(TFloat32.class, Shape.of(slotShape(variable)));
      writeRows(scope, variable, slot, values);
    }
    return List.of();
  }

  private Operand<TFloat32> readRows(
      FunctionScope scope, DeviceVariable variable, Operand<TInt64> slot) {
    Ops tf = scope.tf();
    Operand<TFloat32> rows =
        tf.dtypes.cast(
            tf.resourceGather(
                scope.handle(variable), rows(scope, variable, slot), variable.numberType()),
            TFloat32.class);
    // a handle that is a function's argument does not carry the shape
    return tf.reshape(rows, tf.constant(slotShape(variable)));
  }

  private void writeRows(
      FunctionScope scope,
      DeviceVariable variable,
      Operand<TInt64> slot,
      Operand<TFloat32> values) {
    Op update =
        scope
            .tf()
            .resourceScatterUpdate(
                scope.handle(variable),
                rows(scope, variable, slot),
                scope.tf().dtypes.cast(values, variable.numberType()));
    scope.effect(update);
  }

  /** The shape of one slot's rows of all layers. */
  private long[] slotShape(DeviceVariable variable) {
    long[] shape = variable.shape().asArray();
    shape[0] /= table.rows();
    return shape;
  }

  /** The indices of one slot's rows of all layers. */
  private Operand<TInt64> rows(FunctionScope scope, DeviceVariable variable, Operand<TInt64> slot) {
    int layerRows = (int) (variable.shape().get(0) / config.layers());
    int slotRows = layerRows / table.rows();
    long[] offsets = new long[config.layers() * slotRows];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = (long) (i / slotRows) * layerRows + i % slotRows;
    }
    Ops tf = scope.tf();
    return tf.math.add(tf.math.mul(slot, tf.constant((long) slotRows)), tf.constant(offsets));
  }

  private static Operand<TInt64> slot(FunctionScope scope) {
    return scope.input(TInt64.class, Shape.of(1));
  }
}
