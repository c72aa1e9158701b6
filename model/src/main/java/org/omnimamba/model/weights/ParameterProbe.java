package org.omnimamba.model.weights;

import java.util.LinkedHashSet;
import java.util.Set;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.ParameterSource;
import org.omnimamba.model.graph.Precision;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * Finds the parameters that a body reads, by building it once in a graph that is thrown away. So
 * tensors of the checkpoint that no result depends on never reach the device.
 */
public final class ParameterProbe implements ParameterSource {
  private final Ops tf;
  private final TensorSource source;
  private final Set<String> names = new LinkedHashSet<>();
  private final Set<String> filters = new LinkedHashSet<>();

  private ParameterProbe(Ops tf, TensorSource source) {
    this.tf = tf;
    this.source = source;
  }

  /**
   * Builds a body once.
   *
   * @param source knows the shapes of everything that the body may read
   */
  public static ParameterProbe of(TensorSource source, PartBody body) {
    try (Graph graph = new Graph()) {
      FunctionScope scope = new FunctionScope(graph);
      ParameterProbe probe = new ParameterProbe(scope.tf(), source);
      body.build(scope, new BlockContext(scope.tf(), probe, Precision.FLOAT32));
      return probe;
    }
  }

  /** Parameters read as they are stored. */
  public Set<String> names() {
    return names;
  }

  /** Parameters read as convolution filters. */
  public Set<String> filters() {
    return filters;
  }

  @Override
  public Operand<? extends TNumber> get(String name) {
    names.add(name);
    return placeholder(source.info(name).shape());
  }

  @Override
  public Operand<? extends TNumber> filter(Ops ops, String name) {
    filters.add(name);
    return placeholder(FilterLayout.transposed(source.info(name).shape()));
  }

  private Operand<TFloat32> placeholder(Shape shape) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(shape));
  }
}
