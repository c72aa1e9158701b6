package org.omnimamba.model.device;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/**
 * A function's inputs, and the host memory that they are fed from. Large memory is kept from call
 * to call, since the system clears fresh memory page by page, which takes longer than to fill it.
 * TensorFlow takes fed memory as it is, but is done with it when a run returns, copies to a device
 * included. Small inputs get memory of their own each time, which costs little: XLA goes on looking
 * at those that it has compiled in as constants, such as sizes.
 */
final class InputTensors implements AutoCloseable {
  /** What is smaller comes from memory that the process has already. */
  private static final int LEAST_KEPT_BYTES = 1 << 16;

  private final List<Operand<?>> fed;
  private final List<TensorSpec> specs;
  private final boolean keeping;
  private final Map<Integer, Tensor> kept = new HashMap<>();
  private boolean closed;

  /**
   * What an input is given.
   *
   * @param array of the input's type; it must not change before the call is over
   * @param from first element
   * @param count elements, at most those of the input, the rest of which is zeros
   */
  record Value(Object array, int from, int count) {}

  /**
   * @param inputs placeholders, in the order of their declaration
   * @param keeping false where something may hold on to what a run was fed: then each run gets
   *     memory of its own
   */
  InputTensors(Map<Operand<?>, TensorSpec> inputs, boolean keeping) {
    this.fed = List.copyOf(inputs.keySet());
    this.specs = List.copyOf(inputs.values());
    this.keeping = keeping;
  }

  /** Types and shapes. */
  List<TensorSpec> specs() {
    return specs;
  }

  /**
   * Feeds a run and runs it. What was fetched may share memory with the inputs, and is valid until
   * the next run.
   *
   * @param values one for each input
   * @param run starts the runner, when all else is fed
   */
  synchronized Result feed(Session.Runner runner, List<Value> values, Supplier<Result> run) {
    if (closed) {
      throw new IllegalStateException("the program of this function is closed");
    }
    List<Tensor> passing = new ArrayList<>();
    try {
      for (int i = 0; i < values.size(); i++) {
        Tensor tensor = tensor(i, passing);
        write(tensor, values.get(i));
        runner.feed(fed.get(i), tensor);
      }
      return run.get();
    } finally {
      passing.forEach(Tensor::close);
    }
  }

  private Tensor tensor(int index, List<Tensor> passing) {
    Tensor known = kept.get(index);
    if (known != null) {
      return known;
    }
    TensorSpec spec = specs.get(index);
    Tensor fresh = Tensor.of(spec.type().tensorClass(), spec.shape());
    if (keeping && spec.byteSize() >= LEAST_KEPT_BYTES) {
      kept.put(index, fresh);
    } else {
      passing.add(fresh);
    }
    return fresh;
  }

  private static void write(Tensor tensor, Value value) {
    if (value.array() instanceof float[] floats) {
      TensorMemory.writePadded(tensor.asRawTensor(), floats, value.from(), value.count());
    } else if (value.array() instanceof long[] longs) {
      TensorMemory.write(tensor.asRawTensor(), longs);
    } else {
      TensorMemory.write(tensor.asRawTensor(), (byte[]) value.array());
    }
  }

  /** Releases the memory, after a run that is going on. Closing again has no effect. */
  @Override
  public synchronized void close() {
    closed = true;
    kept.values().forEach(Tensor::close);
    kept.clear();
  }
}
