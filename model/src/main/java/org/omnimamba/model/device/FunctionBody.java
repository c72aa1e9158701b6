package org.omnimamba.model.device;

import java.util.List;
import org.tensorflow.Operand;

/** Adds the operations of one function to its graph. */
@FunctionalInterface
public interface FunctionBody {

  /**
   * Builds the function.
   *
   * @param scope declares inputs, reads variables and gives the operations
   * @return the outputs, in the order in which callers get them
   */
  List<? extends Operand<?>> build(FunctionScope scope);
}
