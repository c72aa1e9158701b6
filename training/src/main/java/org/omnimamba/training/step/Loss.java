package org.omnimamba.training.step;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What an objective computes.
 *
 * @param value what is minimised, a float32 scalar: the mean over the batch
 * @param metrics scalars that are reported, averaged over micro-batches; no gradient flows from
 *     them
 * @param observations float32 tensors of any shape that the caller wants to see after a step, such
 *     as how often each code was used; of the last micro-batch. Keep them small: they are copied to
 *     the host in every step
 */
public record Loss(
    Operand<TFloat32> value,
    Map<String, Operand<TFloat32>> metrics,
    Map<String, Operand<TFloat32>> observations) {

  public Loss {
    metrics = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    observations = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(observations));
  }

  public static Loss of(Operand<TFloat32> value) {
    return new Loss(value, Map.of(), Map.of());
  }

  /** The same with one more scalar to report. */
  public Loss withMetric(String name, Operand<TFloat32> scalar) {
    return new Loss(value, plus(metrics, name, scalar), observations);
  }

  /** The same with one more tensor to report. */
  public Loss withObservation(String name, Operand<TFloat32> tensor) {
    return new Loss(value, metrics, plus(observations, name, tensor));
  }

  private static Map<String, Operand<TFloat32>> plus(
      Map<String, Operand<TFloat32>> map, String name, Operand<TFloat32> operand) {
    Map<String, Operand<TFloat32>> all = new LinkedHashMap<>(map);
    if (all.put(name, operand) != null) {
      throw new IllegalArgumentException("'" + name + "' is reported twice");
    }
    return all;
  }
}
