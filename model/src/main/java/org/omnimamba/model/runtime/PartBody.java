package org.omnimamba.model.runtime;

import java.util.List;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;

/** A function body over parameters by their checkpoint names. */
@FunctionalInterface
public interface PartBody {

  /**
   * Builds the function.
   *
   * @param scope declares inputs
   * @param root gives parameters by their checkpoint names
   * @return the outputs
   */
  List<? extends Operand<?>> build(FunctionScope scope, BlockContext root);
}
