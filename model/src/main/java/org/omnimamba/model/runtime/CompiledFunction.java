package org.omnimamba.model.runtime;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
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
  private final List<Operand<?>> fed;
  private final List<TensorSpec> inputs;
  private final Operation call;
  private final List<TensorSpec> outputs;

  /**
   * @param compiled whether its first run brings a compilation
   * @param outputs shapes may be unknown
   */
  CompiledFunction(
      String name,
      Session session,
      ExclusiveUse use,
      Rehearsal rehearsal,
      boolean compiled,
      Map<Operand<?>, TensorSpec> inputs,
      Operation call,
      List<TensorSpec> outputs) {
    this.name = name;
    this.session = session;
    this.use = use;
    this.rehearsal = rehearsal;
    this.compiled = compiled;
    this.fed = List.copyOf(inputs.keySet());
    this.inputs = List.copyOf(inputs.values());
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

  /** One call while its inputs are collected. */
  public final class Call {
    private final List<Object> arrays = new ArrayList<>();

    /** The next input, row-major float32. */
    public Call floats(float... values) {
      return add(ElementType.F32, values.length, values);
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
      int index = arrays.size();
      TensorSpec expected = index < inputs.size() ? inputs.get(index) : null;
      if (expected == null || expected.type() != type || expected.shape().size() != length) {
        throw new IllegalArgumentException(
            "input %d of %s is %s, not %d elements of %s"
                .formatted(index, name, expected, length, type));
      }
      arrays.add(array);
      return this;
    }

    /** Runs the function and copies its outputs to the host. */
    public Outputs run() {
      BitSet all = new BitSet();
      all.set(0, outputs.size());
      return run(all);
    }

    /** Runs the function and copies these outputs to the host; the others stay on the device. */
    Outputs run(BitSet wanted) {
      if (arrays.size() != inputs.size()) {
        throw new IllegalArgumentException(
            "%s has %d inputs, not %d".formatted(name, inputs.size(), arrays.size()));
      }
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
      List<Tensor> tensors = new ArrayList<>();
      try {
        Session.Runner runner = session.runner();
        for (int i = 0; i < arrays.size(); i++) {
          Tensor tensor = Tensor.of(inputs.get(i).type().tensorClass(), inputs.get(i).shape());
          tensors.add(tensor);
          write(tensor, arrays.get(i));
          runner.feed(fed.get(i), tensor);
        }
        wanted.stream().forEach(i -> runner.fetch(call.output(i)));
        try (Result result = runner.run()) {
          return copy(result, wanted);
        }
      } finally {
        tensors.forEach(Tensor::close);
      }
    }

    private void write(Tensor tensor, Object array) {
      if (array instanceof float[] floats) {
        TensorMemory.write(tensor.asRawTensor(), floats);
      } else if (array instanceof long[] longs) {
        TensorMemory.write(tensor.asRawTensor(), longs);
      } else {
        TensorMemory.write(tensor.asRawTensor(), (byte[]) array);
      }
    }

    private Outputs copy(Result result, BitSet wanted) {
      Map<Integer, Object> copies = new HashMap<>();
      for (int i = wanted.nextSetBit(0); i >= 0; i = wanted.nextSetBit(i + 1)) {
        Tensor tensor = result.get(copies.size());
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
