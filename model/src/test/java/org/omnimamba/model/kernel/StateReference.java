package org.omnimamba.model.kernel;

import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.HostBuffer;

/**
 * One sequence's state in one layer, and a step of it by the formulas of the mixer in double
 * precision.
 */
final class StateReference {
  private final StateParameters parameters;
  private final LanguageModelConfig config;
  private final Element stateElement;

  /** The last columns that went into the convolution, oldest first: {@code [dConv][convDim]}. */
  final double[][] window;

  /** {@code [dState][dInner]}. */
  final double[][] ssm;

  /** y times gate, {@code [dInner]}, of the last step. */
  final double[] gated;

  /**
   * @param stateElement in which the state is kept
   */
  StateReference(StateParameters parameters, Element stateElement) {
    this.parameters = parameters;
    this.config = parameters.config();
    this.stateElement = stateElement;
    this.window = new double[config.dConv()][config.convDim()];
    this.ssm = new double[config.dState()][config.dInner()];
    this.gated = new double[config.dInner()];
  }

  /**
   * One token.
   *
   * @param left what {@code in_proj} left: its rows, then those of both adapters
   * @param draws whether the sequence has the adapter of drawing
   */
  void step(double[] left, boolean draws) {
    double[] projected = project(left, draws);
    int dInner = config.dInner();
    int dState = config.dState();
    double[] xbc = convolve(projected);
    for (int column = 0; column < dInner; column++) {
      int head = column / config.headDim();
      double x = xbc[column];
      double dt =
          softplus(
              projected[dInner + config.convDim() + head]
                  + parameters.get(parameters.dtBias(), head));
      double decay = Math.exp(-dt * Math.exp(parameters.get(parameters.logDecay(), head)));
      double y = parameters.get(parameters.skip(), head) * x;
      for (int i = 0; i < dState; i++) {
        double after = ssm[i][column] * decay + dt * xbc[dInner + i] * x;
        y += xbc[dInner + dState + i] * after;
        ssm[i][column] = stored(after);
      }
      gated[column] = y * silu(projected[column]);
    }
  }

  /** {@code W u + scaling * B (A u)}. */
  private double[] project(double[] left, boolean draws) {
    int rank = config.lora().rank();
    int first = config.inProjDim() + (draws ? rank : 0);
    HostBuffer up = parameters.ups().get(draws ? 1 : 0);
    double[] projected = new double[config.inProjDim()];
    for (int i = 0; i < projected.length; i++) {
      double added = 0;
      for (int j = 0; j < rank; j++) {
        added += parameters.get(up, i * rank + j) * left[first + j];
      }
      projected[i] = left[i] + config.lora().scaling() * added;
    }
    return projected;
  }

  /** Shifts x, B and C in, and gives them after convolution and SiLU. */
  private double[] convolve(double[] projected) {
    int taps = config.dConv();
    for (int tap = 0; tap < taps - 1; tap++) {
      window[tap] = window[tap + 1];
    }
    window[taps - 1] = new double[config.convDim()];
    System.arraycopy(projected, config.dInner(), window[taps - 1], 0, config.convDim());
    double[] result = new double[config.convDim()];
    for (int channel = 0; channel < result.length; channel++) {
      double sum = parameters.get(parameters.convBias(), channel);
      for (int tap = 0; tap < taps; tap++) {
        sum += parameters.get(parameters.convWeight(), channel * taps + tap) * window[tap][channel];
      }
      result[channel] = silu(sum);
    }
    return result;
  }

  private double stored(double value) {
    return stateElement == Element.F32 ? value : HostBuffer.round(stateElement, (float) value);
  }

  /** What the norm after the gate gives, {@code [dInner]}. */
  double[] normed() {
    double total = 0;
    for (double value : gated) {
      total += value * value;
    }
    double scale = 1 / Math.sqrt(total / gated.length + config.rmsNormEps());
    double[] result = new double[gated.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = gated[i] * scale * parameters.get(parameters.norm(), i);
    }
    return result;
  }

  static double softplus(double a) {
    return Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
  }

  private static double silu(double a) {
    return a / (1 + Math.exp(-a));
  }
}
