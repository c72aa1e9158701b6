package org.omnimamba.model.device;

import java.util.List;
import org.tensorflow.Operand;

/**
 * A function together with what was learnt while its body was built, such as the names of its
 * inputs.
 */
public record DescribedFunction<T>(CompiledFunction function, T description) {

  /** {@link FunctionBody} that describes what it built. */
  @FunctionalInterface
  public interface Body<T> {
    Built<T> build(FunctionScope scope);
  }

  /** The outputs, in the order in which callers get them, and the description. */
  public record Built<T>(List<? extends Operand<?>> outputs, T description) {}
}
