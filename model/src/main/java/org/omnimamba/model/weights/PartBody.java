package org.omnimamba.model.weights;

import java.util.List;
import org.omnimamba.model.device.FunctionScope;
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
