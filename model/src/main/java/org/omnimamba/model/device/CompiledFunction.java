package org.omnimamba.model.device;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/** A function of a {@link DeviceProgram}, called with Java arrays. */
public final class CompiledFunction {
  private final String name;
  private final Session session;
  private final ExclusiveUse use;
  private final Rehearsal rehearsal;
  private final boolean compiled;
  private final InputTensors inputs;
  private final Operation call;
  private final List<TensorSpec> outputs;

  /**
   * @param compiled whether its first run brings a compilation
   * @param inputs closed by their owner
   * @param outputs shapes may be unknown
   */
  CompiledFunction(
      String name,
      Session session,
      ExclusiveUse use,
      Rehearsal rehearsal,
      boolean compiled,
      InputTensors inputs,
      Operation call,
      List<TensorSpec> outputs) {
    this.name = name;
    this.session = session;
    this.use = use;
    this.rehearsal = rehearsal;
    this.compiled = compiled;
    this.inputs = inputs;
    this.call = call;
    this.outputs = List.copyOf(outputs);
  }

  /** Starts a call; inputs follow in the order of their declaration. */
  public Call call() {
    return new Call();
  }

  @Override
  public String toString() {
    return name;
  }

  /** An output of the call in the program's graph. */
  Output<?> output(int index) {
    return call.output(index);
  }

  /** One call while its inputs are collected. */
  public final class Call {
    private final List<InputTensors.Value> values = new ArrayList<>();
    private final BitSet wanted = new BitSet();

    private Call() {
      wanted.set(0, outputs.size());
    }

    /** Only these outputs are copied to the host; the others stay on the device. */
    public Call wanting(int... indices) {
      wanted.clear();
      for (int index : indices) {
        wanted.set(index);
      }
      return this;
    }

    /** The next input, row-major float32. */
    public Call floats(float... values) {
      return add(ElementType.F32, values.length, values);
    }

    /**
     * The next input, row-major float32: a part of an array, and zeros after it to the input's
     * size.
     *
     * @param values not copied until the function runs
     * @param from first element of the part
     * @param count elements of the part
     */
    public Call floats(float[] values, int from, int count) {
      Objects.checkFromIndexSize(from, count, values.length);
      TensorSpec expected = expected(ElementType.F32, count);
      if (expected.shape().size() < count) {
        throw unexpected(ElementType.F32, count);
      }
      this.values.add(new InputTensors.Value(values, from, count));
      return this;
    }

    /** The next input, row-major int64. */
    public Call longs(long... values) {
      return add(ElementType.I64, values.length, values);
    }

    /** The next input, row-major uint8. */
    public Call bytes(byte... values) {
      return add(ElementType.U8, values.length, values);
    }

    private Call add(ElementType type, int length, Object array) {
      if (expected(type, length).shape().size() != length) {
        throw unexpected(type, length);
      }
      values.add(new InputTensors.Value(array, 0, length));
      return this;
    }

    private TensorSpec expected(ElementType type, int length) {
      TensorSpec expected = next();
      if (expected == null || expected.type() != type) {
        throw unexpected(type, length);
      }
      return expected;
    }

    private IllegalArgumentException unexpected(ElementType type, int length) {
      return new IllegalArgumentException(
          "input %d of %s is %s, not %d elements of %s"
              .formatted(values.size(), name, next(), length, type));
    }

    private @Nullable TensorSpec next() {
      return values.size() < inputs.specs().size() ? inputs.specs().get(values.size()) : null;
    }

    /** Runs the function and copies its outputs to the host. */
    public Outputs run() {
      return run(wanted);
    }

    /** Runs the function and copies these outputs to the host; the others stay on the device. */
    public Outputs run(BitSet wanted) {
      requireAllInputs();
      if (rehearsal.isNoting()) {
        if (compiled) {
          rehearsal.note(CompiledFunction.this, this, wanted);
        }
        return zeros(wanted);
      }
      try (ExclusiveUse.Use entered = use.enter()) {
        return run(wanted, entered);
      }
    }

    /**
     * {@link #run(BitSet)} under a use that the caller has been given.
     *
     * @param held not closed before this returns
     */
    Outputs run(BitSet wanted, ExclusiveUse.Use held) {
      Objects.requireNonNull(held);
      Session.Runner runner = session.runner();
      wanted.stream().forEach(i -> runner.fetch(call.output(i)));
      try (Result result = inputs.feed(runner, values, runner::run)) {
        return copy(result, 0, wanted);
      }
    }

    /**
     * Takes part in a run of several calls.
     *
     * @param run starts the runner, when all else is fed
     */
    Result feed(Session.Runner runner, Supplier<Result> run) {
      requireAllInputs();
      wanted.stream().forEach(i -> runner.fetch(call.output(i)));
      return inputs.feed(runner, values, run);
    }

    /** How many tensors {@link #feed} fetches. */
    int fetches() {
      return wanted.cardinality();
    }

    /**
     * @param from the first of this call's tensors in the result
     */
    Outputs copy(Result result, int from) {
      return copy(result, from, wanted);
    }

    private void requireAllInputs() {
      if (values.size() != inputs.specs().size()) {
        throw new IllegalArgumentException(
            "%s has %d inputs, not %d".formatted(name, inputs.specs().size(), values.size()));
      }
    }

    private Outputs copy(Result result, int from, BitSet wanted) {
      Map<Integer, Object> copies = new HashMap<>();
      for (int i = wanted.nextSetBit(0); i >= 0; i = wanted.nextSetBit(i + 1)) {
        Tensor tensor = result.get(from + copies.size());
        copies.put(
            i,
            switch (outputs.get(i).type()) {
              case F32, F16, BF16 -> TensorMemory.floats(tensor);
              case I64 -> TensorMemory.longs(tensor);
              case U8 -> TensorMemory.bytes(tensor);
            });
      }
      return new Outputs(copies);
    }

    private Outputs zeros(BitSet wanted) {
      Map<Integer, Object> zeros = new HashMap<>();
      wanted.stream().forEach(i -> zeros.put(i, zeros(outputs.get(i))));
      return new Outputs(zeros);
    }

    private static Object zeros(TensorSpec spec) {
      int size = (int) Math.max(0, spec.shape().size());
      return switch (spec.type()) {
        case F32, F16, BF16 -> new float[size];
        case I64 -> new long[size];
        case U8 -> new byte[size];
      };
    }
  }

  /** What a call returned, in host memory. */
  public static final class Outputs {
    private final Map<Integer, Object> arrays;

    private Outputs(Map<Integer, Object> arrays) {
      this.arrays = arrays;
    }

    private Object get(int index) {
      Object array = arrays.get(index);
      if (array == null) {
        throw new IllegalArgumentException("output " + index + " was not asked for");
      }
      return array;
    }

    /** Output {@code index}, row-major; bfloat16 is widened to float32. */
    public float[] floats(int index) {
      return (float[]) get(index);
    }

    public long[] longs(int index) {
      return (long[]) get(index);
    }

    public byte[] bytes(int index) {
      return (byte[]) get(index);
    }
  }
}
