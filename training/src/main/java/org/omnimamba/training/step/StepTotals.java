package org.omnimamba.training.step;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the calls of one step returned, added up over micro-batches and shares. */
final class StepTotals {
  private static final int LOSS = 0;
  private static final int NORM = 1;
  private static final int METRICS = 2;

  private final StepSignature signature;
  private final double[] sums;
  private List<float[]> observations = List.of();

  StepTotals(StepSignature signature) {
    this.signature = signature;
    this.sums = new double[METRICS + signature.metrics().size()];
  }

  /**
   * Adds a call's scalars.
   *
   * @param scalars {@link Passes#scalars}
   */
  void add(float[] scalars) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += scalars[i];
    }
  }

  /** The gradients' norm, where it came from a call of its own. */
  void addNorm(float norm) {
    sums[NORM] += norm;
  }

  /** What the last call observed, in the signature's order. */
  void observe(List<float[]> tensors) {
    observations = tensors;
  }

  /**
   * The step's report.
   *
   * @param microBatches over which loss and metrics are averaged
   */
  StepResult result(long step, int microBatches) {
    Map<String, Float> metrics = new LinkedHashMap<>();
    for (int i = 0; i < signature.metrics().size(); i++) {
      metrics.put(signature.metrics().get(i), (float) (sums[METRICS + i] / microBatches));
    }
    Map<String, float[]> observed = new LinkedHashMap<>();
    for (int i = 0; i < observations.size(); i++) {
      observed.put(signature.observations().get(i), observations.get(i));
    }
    float loss = (float) (sums[LOSS] / microBatches);
    return new StepResult(step, loss, (float) sums[NORM], metrics, observed);
  }
}
