package org.omnimamba.model.kernel;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.HostBuffer;
import org.omnimamba.model.kernel.tile.Kernel;
import org.omnimamba.model.kernel.tile.TileInterpreter;

/** A window of rows whose states {@link StateKernel} changes, step after step. */
final class StateWindow {
  /** First row of the window; other sequences are before it and after it. */
  static final int FIRST = 2;

  private static final int BATCH = 4;
  static final int STATE_ROWS = 7;

  // the rows are of both tasks, in different places of their rings, and one does not take part
  private static final boolean[] DRAWS = {false, true, true, false};
  private static final long[] POSITIONS = {0, 5, 2, 11};
  static final int INACTIVE = 2;

  private final StateParameters parameters;
  private final LanguageModelConfig config;
  private final LayerSizes sizes;
  private final Element stateElement;
  private final long[] positions = POSITIONS.clone();

  /** {@code [layers * rows * dConv, convDim]}. */
  final HostBuffer ring;

  /** {@code [layers * rows, heads, dState, headDim]}. */
  final HostBuffer ssm;

  /** What the last step left: {@code [batch, dInner]}. */
  HostBuffer out;

  /** What the last step left: {@code [pieces, batch]}. */
  HostBuffer squares;

  /**
   * @param stateElement {@link Element#F32} or {@link Element#F16}
   */
  StateWindow(StateParameters parameters, Element stateElement, Numbers numbers) {
    this.parameters = parameters;
    this.config = parameters.config();
    this.sizes = new LayerSizes(config, BATCH);
    this.stateElement = stateElement;
    int rows = config.layers() * STATE_ROWS;
    this.ring = numbers.buffer(Element.F32, rows * config.dConv() * config.convDim());
    this.ssm = numbers.buffer(stateElement, rows * config.dState() * config.dInner());
    this.out = HostBuffer.empty(Element.BF16, 0);
    this.squares = HostBuffer.empty(Element.F32, 0);
  }

  LayerSizes sizes() {
    return sizes;
  }

  /** One token of each row that takes part. */
  void step(StateKernel.Tuning tuning, HostBuffer projected) {
    List<HostBuffer> arguments = beginning(projected);
    arguments.add(parameters.dtBias());
    arguments.add(parameters.logDecay());
    arguments.add(parameters.skip());
    arguments.add(parameters.norm());
    arguments.addAll(ending());
    arguments.addAll(List.of(ring, ssm));
    run(StateKernel.of(sizes, STATE_ROWS, pointer(), tuning), tuning, arguments);
  }

  /** The same in two kernels. */
  void step(ActivationKernel.Tuning activation, StateKernel.Tuning tuning, HostBuffer projected) {
    HostBuffer values = HostBuffer.empty(Element.F32, BATCH * ActivationKernel.width(config));
    List<HostBuffer> ofActivation = beginning(projected);
    ofActivation.add(parameters.dtBias());
    ofActivation.addAll(ending());
    ofActivation.addAll(List.of(ring, values));
    TileInterpreter.run(ActivationKernel.of(sizes, STATE_ROWS, activation), ofActivation);
    List<HostBuffer> arguments = new ArrayList<>();
    arguments.addAll(List.of(Numbers.integer(parameters.layer()), values, projected));
    arguments.addAll(parameters.ups());
    arguments.add(draws());
    arguments.addAll(List.of(parameters.logDecay(), parameters.skip(), parameters.norm()));
    arguments.addAll(List.of(ending().get(0), ending().get(2), ssm));
    run(StateKernel.activated(sizes, STATE_ROWS, pointer(), tuning), tuning, arguments);
  }

  private Element pointer() {
    return stateElement == Element.F16 ? Element.F16_POINTER : Element.F32_POINTER;
  }

  /** Up to the parameters of the convolution. */
  private List<HostBuffer> beginning(HostBuffer projected) {
    List<HostBuffer> arguments = new ArrayList<>();
    arguments.addAll(List.of(Numbers.integer(parameters.layer()), projected));
    arguments.addAll(parameters.ups());
    arguments.add(draws());
    arguments.addAll(List.of(parameters.convWeight(), parameters.convBias()));
    return arguments;
  }

  private static HostBuffer draws() {
    float[] draws = new float[BATCH];
    for (int row = 0; row < BATCH; row++) {
      draws[row] = DRAWS[row] ? 1 : 0;
    }
    return HostBuffer.of(Element.F32, draws);
  }

  /** The first row, positions, and who takes part. */
  private List<HostBuffer> ending() {
    float[] active = new float[BATCH];
    for (int row = 0; row < BATCH; row++) {
      active[row] = row == INACTIVE ? 0 : 1;
    }
    return List.of(
        HostBuffer.of(Element.I64, (long) FIRST),
        HostBuffer.of(Element.I64, positions),
        HostBuffer.of(Element.F32, active));
  }

  private void run(Kernel kernel, StateKernel.Tuning tuning, List<HostBuffer> arguments) {
    int pieces = StateKernel.pieces(sizes, tuning);
    out = HostBuffer.empty(Element.BF16, BATCH * config.dInner());
    squares = HostBuffer.empty(Element.F32, pieces * BATCH);
    arguments.addAll(List.of(out, squares));
    TileInterpreter.run(kernel, arguments);
    for (int row = 0; row < BATCH; row++) {
      positions[row] += row == INACTIVE ? 0 : 1;
    }
  }

  /** Random rows of {@code in_proj}, {@code [batch, projected + 2 rank]}. */
  HostBuffer projected(Numbers numbers) {
    return numbers.buffer(Element.F32, BATCH * sizes.projectedWithAdapters());
  }

  boolean draws(int row) {
    return DRAWS[row];
  }

  /** Rows of the batch that take part. */
  List<Integer> active() {
    List<Integer> rows = new ArrayList<>();
    for (int row = 0; row < BATCH; row++) {
      if (row != INACTIVE) {
        rows.add(row);
      }
    }
    return rows;
  }

  /** A row's state in the tested layer. */
  StateReference reference(int row) {
    StateReference reference = new StateReference(parameters, stateElement);
    for (int age = 0; age < config.dConv(); age++) {
      for (int channel = 0; channel < config.convDim(); channel++) {
        reference.window[age][channel] = ring.get(ringPlace(row, age, channel));
      }
    }
    for (int state = 0; state < config.dState(); state++) {
      for (int column = 0; column < config.dInner(); column++) {
        reference.ssm[state][column] = ssm.get(ssmPlace(row, state, column));
      }
    }
    return reference;
  }

  /** Where the ring has a column of the window, 0 for the oldest: token t is at t mod dConv. */
  private int ringPlace(int row, int age, int channel) {
    int taps = config.dConv();
    int column = (int) Math.floorMod(positions[row] - taps + age, (long) taps);
    return (stateRow(row) * taps + column) * config.convDim() + channel;
  }

  private int ssmPlace(int row, int state, int column) {
    int head = column / config.headDim();
    int inHead = column % config.headDim();
    int first = stateRow(row) * config.dState() * config.dInner();
    return first + (head * config.dState() + state) * config.headDim() + inHead;
  }

  private int stateRow(int row) {
    return parameters.layer() * STATE_ROWS + FIRST + row;
  }

  /** Whether a row of the states, of all layers, is changed by a step. */
  boolean changes(int stateRow) {
    return active().stream().anyMatch(row -> stateRow(row) == stateRow);
  }

  /** A row of {@link #out} as float32. */
  float[] out(int row) {
    float[] values = new float[config.dInner()];
    for (int i = 0; i < values.length; i++) {
      values[i] = out.get(row * values.length + i);
    }
    return values;
  }

  /** A row's sums of squares, piece after piece. */
  float[] squares(int row) {
    float[] values = new float[squares.size() / BATCH];
    for (int i = 0; i < values.length; i++) {
      values[i] = squares.get(i * BATCH + row);
    }
    return values;
  }
}
