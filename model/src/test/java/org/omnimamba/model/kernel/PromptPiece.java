package org.omnimamba.model.kernel;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.LoraConfig;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.HostBuffer;
import org.omnimamba.model.kernel.tile.TileInterpreter;

/** A prompt's piece that goes through one layer's convolution and state space. */
final class PromptPiece {
  static final int STATE_ROWS = 5;

  private final StateParameters parameters;
  private final LanguageModelConfig config;
  private final Element stateElement;
  private final int length;
  private final LayerSizes sizes;

  /** What {@code in_proj} left, {@code [length, projected]}. */
  final HostBuffer projected;

  /** {@code [layers * rows * dConv, convDim]}. */
  final HostBuffer ring;

  /** {@code [layers * rows, heads, dState, headDim]}. */
  final HostBuffer ssm;

  final HostBuffer convolved;
  final HostBuffer out;

  /** What was left last, {@code [pieces, length]}. */
  HostBuffer squares;

  /** Three heads of 32 columns, a state of 16, two layers. */
  static LanguageModelConfig config() {
    LoraConfig lora = new LoraConfig(4, 8, 0);
    return new LanguageModelConfig(48, 2, 16, 32, 2, 4, 32, 1e-5f, lora, 8, 8, 2, 2, 4, 12, 12);
  }

  /**
   * @param length positions, those that do not count included
   */
  PromptPiece(StateParameters parameters, Element stateElement, int length, Numbers numbers) {
    this.parameters = parameters;
    this.config = parameters.config();
    this.stateElement = stateElement;
    this.length = length;
    this.sizes = new LayerSizes(config, length);
    int rows = config.layers() * STATE_ROWS;
    this.projected = numbers.buffer(Element.F32, length * sizes.projected());
    this.ring = numbers.buffer(Element.F32, rows * config.dConv() * config.convDim());
    this.ssm = numbers.buffer(stateElement, rows * config.dState() * config.dInner());
    this.convolved = HostBuffer.empty(Element.F16, length * config.convDim());
    this.out = HostBuffer.empty(Element.BF16, length * config.dInner());
    this.squares = HostBuffer.empty(Element.F32, 0);
  }

  /**
   * Runs the kernels.
   *
   * @param from row of the state in front
   * @param to row that gets the state after
   */
  void run(
      PromptConvKernel.Tuning conv,
      PromptStateKernel.Tuning states,
      PromptOutputKernel.Tuning outputs,
      int count,
      int from,
      int to,
      int seen) {
    HostBuffer fromRow = HostBuffer.of(Element.I64, (long) from);
    HostBuffer seenBefore = HostBuffer.of(Element.I64, (long) seen);
    List<HostBuffer> arguments =
        new ArrayList<>(List.of(Numbers.integer(parameters.layer()), projected));
    arguments.addAll(List.of(parameters.convWeight(), parameters.convBias(), fromRow, seenBefore));
    arguments.addAll(List.of(ring, convolved));
    TileInterpreter.run(PromptConvKernel.of(sizes, STATE_ROWS, conv), arguments);

    boolean half = stateElement == Element.F16;
    Element pointer = half ? Element.F16_POINTER : Element.F32_POINTER;
    int chunks = PromptStateKernel.chunks(sizes, states);
    HostBuffer before = HostBuffer.empty(Element.F16, chunks * config.dState() * config.dInner());
    List<HostBuffer> ofStates =
        new ArrayList<>(List.of(Numbers.integer(parameters.layer()), projected, convolved));
    ofStates.addAll(List.of(parameters.dtBias(), parameters.logDecay()));
    ofStates.add(HostBuffer.of(Element.I64, (long) count));
    ofStates.addAll(List.of(fromRow, HostBuffer.of(Element.I64, (long) to), seenBefore));
    ofStates.addAll(List.of(ring, ssm, before));
    TileInterpreter.run(PromptStateKernel.of(sizes, STATE_ROWS, pointer, states), ofStates);

    squares = HostBuffer.empty(Element.F32, PromptOutputKernel.pieces(sizes, outputs) * length);
    List<HostBuffer> ofOutputs =
        new ArrayList<>(List.of(Numbers.integer(parameters.layer()), projected, convolved));
    ofOutputs.addAll(List.of(parameters.dtBias(), parameters.logDecay(), parameters.skip()));
    ofOutputs.addAll(List.of(parameters.norm(), before, out, squares));
    TileInterpreter.run(PromptOutputKernel.of(sizes, outputs), ofOutputs);
  }

  /** A row's state in the tested layer, after so many tokens. */
  StateReference reference(int row, int tokens) {
    StateReference reference = new StateReference(parameters, Element.F32);
    int stateRow = parameters.layer() * STATE_ROWS + row;
    int taps = config.dConv();
    for (int age = 0; age < taps; age++) {
      int column = Math.floorMod(tokens - taps + age, taps);
      for (int channel = 0; channel < config.convDim(); channel++) {
        reference.window[age][channel] =
            ring.get((stateRow * taps + column) * config.convDim() + channel);
      }
    }
    for (int state = 0; state < config.dState(); state++) {
      for (int column = 0; column < config.dInner(); column++) {
        int head = column / config.headDim();
        int first = stateRow * config.dState() * config.dInner();
        int place = (head * config.dState() + state) * config.headDim() + column % config.headDim();
        reference.ssm[state][column] = ssm.get(first + place);
      }
    }
    return reference;
  }

  /** What a step takes at a position: its row, and nothing from adapters. */
  double[] left(int position) {
    double[] row = new double[sizes.projectedWithAdapters()];
    for (int i = 0; i < sizes.projected(); i++) {
      row[i] = projected.get(position * sizes.projected() + i);
    }
    return row;
  }

  float[] out(int position) {
    float[] values = new float[config.dInner()];
    for (int i = 0; i < values.length; i++) {
      values[i] = out.get(position * values.length + i);
    }
    return values;
  }

  /** Sums of squares of a position, piece after piece. */
  float[] squares(int position) {
    float[] values = new float[squares.size() / length];
    for (int i = 0; i < values.length; i++) {
      values[i] = squares.get(i * length + position);
    }
    return values;
  }
}
