package org.omnimamba.training.step;

import java.util.LinkedHashMap;
import java.util.Map;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.training.data.Batch;

/** Hands the arrays of a batch to a function in the order in which its objective declared them. */
final class ObjectiveCall {
  private ObjectiveCall() {}

  /**
   * @param inputs names and types, in order
   * @throws IllegalArgumentException if the batch lacks an array, or has one of another size
   */
  static void feed(CompiledFunction.Call call, Map<String, ObjectiveInput> inputs, Batch batch) {
    for (Map.Entry<String, ObjectiveInput> input : new LinkedHashMap<>(inputs).entrySet()) {
      String name = input.getKey();
      try {
        switch (input.getValue().type()) {
          case F32 -> call.floats(batch.floats(name));
          case I64 -> call.longs(batch.longs(name));
          case U8 -> call.bytes(batch.bytes(name));
          default -> throw new IllegalStateException("no input is " + input.getValue().type());
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("'%s': %s".formatted(name, e.getMessage()), e);
      }
    }
  }

  /**
   * A share of a batch: an even part of each array that is not declared with all rows.
   *
   * @param index of the share
   * @param count shares of the batch
   * @throws IllegalArgumentException if an array has no so many even parts
   */
  static Batch share(Map<String, ObjectiveInput> inputs, Batch batch, int index, int count) {
    return batch.share(
        index,
        count,
        name -> {
          ObjectiveInput input = inputs.get(name);
          return input != null && !input.allRows();
        });
  }
}
