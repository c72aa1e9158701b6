package org.omnimamba.model.device;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.Kernel;
import org.omnimamba.model.kernel.tile.TritonText;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * The inside of a function while it is built. Variables arrive as resource handles, so that the
 * function works on the program's variables in place.
 */
public final class FunctionScope {
  private final Graph graph;
  private final Ops tf;
  private final boolean compiled;
  private final boolean onCpu;
  private final List<TensorSpec> inputs = new ArrayList<>();
  private final List<Operand<?>> arguments = new ArrayList<>();
  private final Map<DeviceVariable, Output<?>> handles = new LinkedHashMap<>();
  private final Map<DeviceVariable, Operand<? extends TType>> values = new LinkedHashMap<>();
  private final List<Op> effects = new ArrayList<>();

  /** Printed once for each kernel: every layer calls the same ones. */
  private final Map<Kernel, String> configurations = new IdentityHashMap<>();

  /** A scope in a graph that is only looked at, never run: no function is made of it. */
  public FunctionScope(Graph graph) {
    this(graph, false, true);
  }

  /**
   * @param compiled whether XLA compiles the function
   * @param onCpu whether it runs there
   */
  FunctionScope(Graph graph, boolean compiled, boolean onCpu) {
    this.graph = graph;
    this.compiled = compiled;
    this.onCpu = onCpu;
    this.tf = Ops.create(graph);
  }

  /** The operations of the function's graph. */
  public Ops tf() {
    return tf;
  }

  /** Whether XLA compiles the function, and for the CPU. */
  public boolean compiledForCpu() {
    return compiled && onCpu;
  }

  /**
   * The same values, but not before another one is there: what is computed from them is neither
   * moved in front of that nor taken from what was computed from the originals. No gradient flows
   * back to the originals.
   *
   * @param value that is waited for; it is given last
   */
  public List<Output<?>> after(Output<?> value, List<Output<?>> originals) {
    List<Output<?>> all = new ArrayList<>(originals);
    all.add(value);
    List<Output<?>> later = new ArrayList<>();
    if (compiled) {
      Operation barrier =
          graph
              .baseScope()
              .withName("after")
              .opBuilder("XlaOptimizationBarrier", "after")
              .addInputList(all.toArray(new Output<?>[0]))
              .build();
      for (int i = 0; i < all.size(); i++) {
        later.add(tf.stopGradient(barrier.output(i)).asOutput());
      }
    } else {
      Ops waiting = tf.withControlDependencies(value);
      all.forEach(one -> later.add(waiting.stopGradient(one).asOutput()));
    }
    return later;
  }

  /**
   * Declares the next input. Callers pass inputs in the order of declaration.
   *
   * @param shape fully known
   */
  public <T extends TType> Operand<T> input(Class<T> type, Shape shape) {
    if (shape.isUnknown() || shape.hasUnknownDimension()) {
      throw new IllegalArgumentException("the shape of an input must be known, is " + shape);
    }
    Placeholder<T> placeholder =
        tf.withName("input_" + inputs.size()).placeholder(type, Placeholder.shape(shape));
    inputs.add(new TensorSpec(ElementType.of(type), shape));
    arguments.add(placeholder);
    return placeholder;
  }

  /**
   * The variable's value when the function starts, with its static shape; for variables that the
   * function does not change. Several calls give the same operand.
   */
  public Operand<? extends TType> read(DeviceVariable variable) {
    return values.computeIfAbsent(
        variable, v -> shaped(readOnce(v).expect(v.type().tensorClass()), v.shape()));
  }

  /** {@link #read(DeviceVariable)} for a type that the caller knows. */
  public <T extends TType> Operand<T> read(DeviceVariable variable, Class<T> type) {
    return read(variable).asOutput().expect(type);
  }

  private Output<?> readOnce(DeviceVariable variable) {
    return graph
        .baseScope()
        .withName(variable.name() + "-value")
        .opBuilder("ReadVariableOp", "value")
        .addInput(handle(variable).asOutput())
        .setAttr("dtype", variable.type().dataType())
        .build()
        .output(0);
  }

  /** A handle that is a function's argument does not carry the static shape; this restores it. */
  private <T extends TType> Operand<T> shaped(Operand<T> value, Shape shape) {
    return tf.reshape(value, tf.constant(shape.asArray()));
  }

  /** The handle of a variable, for operations that work on it in place. */
  public Operand<? extends TType> handle(DeviceVariable variable) {
    return handles.computeIfAbsent(variable, this::resourceArgument);
  }

  private Output<?> resourceArgument(DeviceVariable variable) {
    return graph
        .baseScope()
        .withName(variable.name() + "-handle")
        .opBuilder("Placeholder", "handle")
        .setAttr("dtype", DataType.DT_RESOURCE)
        .setAttr("shape", Shape.scalar())
        .build()
        .output(0);
  }

  /**
   * Marks an operation that changes a variable: it has happened when the function's outputs are
   * there.
   */
  public void effect(Op operation) {
    effects.add(operation);
  }

  /**
   * The part of {@code value} that starts at {@code begin}. Only XLA knows this operation. Other
   * than TensorFlow's Slice, it takes a begin that changes from call to call without another
   * compilation.
   *
   * @param begin the part's first element, one index for each axis
   */
  public <T extends TType> Operand<T> dynamicSlice(
      Operand<T> value, Operand<TInt64> begin, long... size) {
    Output<T> part =
        graph
            .baseScope()
            .withName("dynamic_slice")
            .opBuilder("XlaDynamicSlice", "dynamic_slice")
            .addInput(value.asOutput())
            .addInput(begin.asOutput())
            .addInput(tf.constant(size).asOutput())
            .build()
            .output(0);
    return tf.reshape(part, tf.constant(size));
  }

  /**
   * {@code value} with a part of it replaced. Only XLA knows this operation.
   *
   * @param begin the part's first element, one index for each axis
   */
  public <T extends TType> Operand<T> updateSlice(
      Operand<T> value, Operand<T> part, Operand<TInt64> begin) {
    return graph
        .baseScope()
        .withName("update_slice")
        .opBuilder("XlaDynamicUpdateSlice", "update_slice")
        .addInput(value.asOutput())
        .addInput(part.asOutput())
        .addInput(begin.asOutput())
        .build()
        .output(0);
  }

  /**
   * Calls a hand-written kernel. Only XLA for NVIDIA GPUs knows this operation.
   *
   * @param operands in the order of the kernel's arguments
   * @param results in the order of the kernel's arguments after the operands
   * @throws IllegalArgumentException if the kernel has other arguments
   */
  public List<Output<?>> kernel(Kernel kernel, List<Output<?>> operands, List<TensorSpec> results) {
    check(kernel, operands, results);
    Operation call =
        graph
            .baseScope()
            .withName(kernel.name())
            .opBuilder("XlaCustomCallV2", "kernel")
            .addInputList(operands.toArray(new Output<?>[0]))
            .setAttr("call_target_name", TritonText.CALL_TARGET)
            .setAttr(
                "backend_config", configurations.computeIfAbsent(kernel, TritonText::configuration))
            .setAttr("has_side_effect", false)
            .setAttr(
                "result_dtypes",
                results.stream().map(spec -> spec.type().dataType()).toArray(DataType[]::new))
            .setAttr("result_shapes", results.stream().map(TensorSpec::shape).toArray(Shape[]::new))
            .build();
    List<Output<?>> outputs = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      outputs.add(call.output(i));
    }
    return outputs;
  }

  /** A kernel would read through a wrong pointer without a word. */
  private static void check(Kernel kernel, List<Output<?>> operands, List<TensorSpec> results) {
    List<DataType> given = new ArrayList<>();
    operands.forEach(operand -> given.add(operand.dataType()));
    results.forEach(result -> given.add(result.type().dataType()));
    List<DataType> wanted =
        kernel.arguments().stream()
            .map(argument -> dataType(argument.type().element().pointee()))
            .toList();
    if (!given.equals(wanted)) {
      throw new IllegalArgumentException(
          "%s takes %s, not %s".formatted(kernel.name(), wanted, given));
    }
  }

  private static DataType dataType(Element element) {
    return switch (element) {
      case I32 -> DataType.DT_INT32;
      case I64 -> DataType.DT_INT64;
      case F16 -> DataType.DT_HALF;
      case BF16 -> DataType.DT_BFLOAT16;
      case F32 -> DataType.DT_FLOAT;
      default -> throw new IllegalArgumentException("no tensor has elements of " + element);
    };
  }

  List<TensorSpec> inputs() {
    return inputs;
  }

  List<Operand<?>> arguments() {
    return arguments;
  }

  Map<DeviceVariable, Output<?>> handles() {
    return handles;
  }

  List<Op> effects() {
    return effects;
  }
}
