package org.omnimamba.model.graph;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/** Parameters as constants of a plain graph; knows which ones a block asked for. */
public final class ConstantParameters implements ParameterSource {
  private final Ops tf;
  private final TensorSource source;
  private final String prefix;
  private final Map<String, Operand<TFloat32>> constants = new LinkedHashMap<>();

  public ConstantParameters(Ops tf, TensorSource source) {
    this(tf, source, "");
  }

  /**
   * @param prefix what stands before the names in {@code source}
   */
  public ConstantParameters(Ops tf, TensorSource source, String prefix) {
    this.tf = tf;
    this.source = source;
    this.prefix = prefix;
  }

  @Override
  public Operand<? extends TNumber> get(String name) {
    return constants.computeIfAbsent(
        name,
        n ->
            tf.constant(
                source.info(prefix + n).shape(), DataBuffers.of(source.readFloats(prefix + n))));
  }

  public Set<String> read() {
    return Set.copyOf(constants.keySet());
  }
}
