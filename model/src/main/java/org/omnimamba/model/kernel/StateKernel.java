package org.omnimamba.model.kernel;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.Kernel;
import org.omnimamba.model.kernel.tile.KernelBuilder;
import org.omnimamba.model.kernel.tile.Tile;

/**
 * What lies between a layer's two projections, for one token of each row: the adapter's second
 * matrix, the causal convolution, the step of the selective state space, skip and gate; or only
 * what {@link ActivationKernel} leaves over of that. A program has some columns of one row's heads.
 * It reads its part of the state once and writes it once, in place.
 *
 * <p>Places that one program writes no other reads: the ring of the convolution has a place for the
 * token that leaves the window, and that one is overwritten. All reads come before all writes,
 * since a compiler cannot move a read over a write that might be to the same place.
 */
public final class StateKernel {
  private final LanguageModelConfig config;
  private final LayerSizes sizes;
  private final Tuning tuning;
  private final KernelBuilder k;
  private final StepRows rows;
  private final StateUpdate update;

  /**
   * How the work is shared out.
   *
   * @param columns of a head that are worked on at once; a power of two that divides a head's
   * @param blocks of so many columns for one program, one after the other; divides their number
   * @param warps of a program
   */
  public record Tuning(int columns, int blocks, int warps) {}

  private StateKernel(String name, LayerSizes sizes, int stateRows, Tuning tuning) {
    this.config = sizes.config();
    this.sizes = sizes;
    this.tuning = tuning;
    this.k = new KernelBuilder(name);
    this.rows = new StepRows(k, sizes, stateRows);
    this.update = new StateUpdate(k, sizes);
    // columns of two heads at once would be worked on as if they were of one
    if (config.headDim() % tuning.columns() != 0 || pieces(sizes, tuning) % tuning.blocks() != 0) {
      throw new IllegalArgumentException(
          "%s does not divide %d heads of %d columns"
              .formatted(tuning, config.heads(), config.headDim()));
    }
  }

  /**
   * Arguments: layer {@code []} (int32); what {@code in_proj} left {@code [batch, projected + 2
   * rank]}; the adapters' second matrices, of understanding and of drawing, {@code [layers,
   * projected, rank]} (bfloat16); 1 for rows that draw, else 0 {@code [batch]}; of all layers the
   * convolution's weight {@code [layers, channels, 1, taps]} (bfloat16) and bias {@code [layers,
   * channels]}, {@code dt_bias}, {@code A_log} and {@code D} {@code [layers, heads]}, the gated
   * norm's weight {@code [layers, dInner]}; the first row of the window {@code [1]} (int64); tokens
   * that each row has seen {@code [batch]} (int64); 1 for rows that take part, else 0 {@code
   * [batch]}; the states, which change: {@code [layers * rows * taps, channels]} and {@code [layers
   * * rows, heads, dState, headDim]}. Results: y times gate and norm weight {@code [batch, dInner]}
   * in bfloat16; sums of squares of y times gate {@code [}{@link #pieces}{@code , batch]}.
   *
   * @param stateRows rows of the states in each layer
   * @param stateElement what the second of the states points to: {@link Element#F32_POINTER}, or
   *     {@link Element#F16_POINTER}
   * @throws IllegalArgumentException if the tuning does not fit the sizes
   */
  public static Kernel of(LayerSizes sizes, int stateRows, Element stateElement, Tuning tuning) {
    return new StateKernel("state_step", sizes, stateRows, tuning).whole(stateElement);
  }

  /**
   * The same after {@link ActivationKernel}. Arguments: layer {@code []} (int32); what that one
   * left; what {@code in_proj} left, the adapters' second matrices, 1 for rows that draw, else 0,
   * as {@link #of}; of all layers {@code A_log} and {@code D} {@code [layers, heads]} and the gated
   * norm's weight {@code [layers, dInner]}; the first row of the window {@code [1]} (int64); 1 for
   * rows that take part, else 0 {@code [batch]}; the state, which changes, {@code [layers * rows,
   * heads, dState, headDim]}. Results as {@link #of}.
   *
   * @throws IllegalArgumentException if the tuning does not fit the sizes
   */
  public static Kernel activated(
      LayerSizes sizes, int stateRows, Element stateElement, Tuning tuning) {
    return new StateKernel("state_step_activated", sizes, stateRows, tuning).rest(stateElement);
  }

  /** Pieces in which the kernel leaves sums of squares. */
  public static int pieces(LayerSizes sizes, Tuning tuning) {
    return sizes.config().dInner() / tuning.columns();
  }

  private Kernel built() {
    int programs = pieces(sizes, tuning) / tuning.blocks();
    return k.build(new Kernel.Launch(programs, sizes.batch(), tuning.warps(), 1));
  }

  /** The number of this program's block. */
  private Tile piece(int block) {
    return k.add(k.multiply(k.program(0), tuning.blocks()), block);
  }

  private Kernel rest(Element stateElement) {
    Tile layer = k.load(k.argument(Element.I32_POINTER));
    Tile values = k.argument(Element.F32_POINTER);
    Tile projected = k.argument(Element.F32_POINTER);
    Tile mmuUp = k.argument(Element.BF16_POINTER);
    Tile t2iUp = k.argument(Element.BF16_POINTER);
    Tile draws = k.argument(Element.F32_POINTER);
    Tile logDecay = k.argument(Element.F32_POINTER);
    Tile skip = k.argument(Element.F32_POINTER);
    Tile norm = k.argument(Element.F32_POINTER);
    Tile first = k.argument(Element.I64_POINTER);
    StepRows.Row row = rows.row(layer, first, k.argument(Element.F32_POINTER));
    Tile state = rows.state(k.argument(stateElement), row);
    Tile out = k.argument(Element.BF16_POINTER);
    Tile squares = k.argument(Element.F32_POINTER);
    StepRows.Adapter adapter = rows.adapter(layer, row, projected, mmuUp, t2iUp, draws);
    Tile own = k.at(values, k.multiply(row.batch(), ActivationKernel.width(config)));
    Tile states = k.add(k.range(config.dState()), config.dInner());
    List<StateUpdate.Columns> blocks = new ArrayList<>();
    for (int i = 0; i < tuning.blocks(); i++) {
      blocks.add(update.read(row, layer, piece(i), tuning.columns(), state, logDecay, skip, norm));
    }
    Tile b = k.load(k.at(own, states));
    Tile c = k.load(k.at(own, k.add(states, config.dState())));
    Tile match = k.sum(k.multiply(b, c), 0);
    for (StateUpdate.Columns columns : blocks) {
      StepRows.Projected z = rows.projected(row, adapter, projected, columns.channels());
      Tile x = k.load(k.at(own, columns.channels()));
      Tile head = k.divide(columns.piece(), config.headDim() / tuning.columns());
      Tile dt = k.load(k.at(own, k.add(head, config.convDim())));
      Tile gate = k.silu(rows.combined(adapter, z));
      StateUpdate.Token token = new StateUpdate.Token(x, gate, dt, b, c, match);
      update.write(row, columns, token, out, squares);
    }
    return built();
  }

  /** What the kernel reads and writes. */
  private record Arguments(
      Tile layer,
      Tile projected,
      Tile mmuUp,
      Tile t2iUp,
      Tile draws,
      Tile convWeight,
      Tile convBias,
      Tile dtBias,
      Tile logDecay,
      Tile skip,
      Tile norm,
      Tile first,
      Tile positions,
      Tile active,
      Tile ring,
      Tile ssm,
      Tile out,
      Tile squares) {

    static Arguments of(KernelBuilder k, Element stateElement) {
      return new Arguments(
          k.load(k.argument(Element.I32_POINTER)),
          k.argument(Element.F32_POINTER),
          k.argument(Element.BF16_POINTER),
          k.argument(Element.BF16_POINTER),
          k.argument(Element.F32_POINTER),
          k.argument(Element.BF16_POINTER),
          k.argument(Element.F32_POINTER),
          k.argument(Element.F32_POINTER),
          k.argument(Element.F32_POINTER),
          k.argument(Element.F32_POINTER),
          k.argument(Element.F32_POINTER),
          k.argument(Element.I64_POINTER),
          k.argument(Element.I64_POINTER),
          k.argument(Element.F32_POINTER),
          k.argument(Element.F32_POINTER),
          k.argument(stateElement),
          k.argument(Element.BF16_POINTER),
          k.argument(Element.F32_POINTER));
    }
  }

  /** What all parts of a program share. */
  private record Program(Arguments in, StepRows.Row row, Tile position, StepRows.Adapter adapter) {}

  /** Channels of xBC, as read: what comes in, and the convolution's window and weights. */
  private record Channels(
      Tile numbers, StepRows.Projected raw, Tile bias, List<Tile> weights, List<Tile> window) {}

  /** Columns of a head, as read. */
  private record Block(
      StateUpdate.Columns columns,
      Channels xs,
      StepRows.Projected z,
      StepRows.Projected dt,
      Tile dtBias) {}

  private Kernel whole(Element stateElement) {
    Arguments in = Arguments.of(k, stateElement);
    StepRows.Row row = rows.row(in.layer(), in.first(), in.active());
    Tile position = k.convert(k.load(k.at(in.positions(), row.batch())), Element.I32);
    StepRows.Adapter adapter =
        rows.adapter(in.layer(), row, in.projected(), in.mmuUp(), in.t2iUp(), in.draws());
    Program program = new Program(in, row, position, adapter);
    Tile state = rows.state(in.ssm(), row);
    Tile states = k.range(config.dState());
    List<Block> blocks = new ArrayList<>();
    blocks.add(read(program, state, piece(0)));
    Channels bs = channels(program, k.add(states, config.dInner()));
    Channels cs = channels(program, k.add(states, config.dInner() + config.dState()));
    Tile b = convolved(adapter, bs);
    Tile c = convolved(adapter, cs);
    Tile match = k.sum(k.multiply(b, c), 0);
    for (int i = 0; i < tuning.blocks(); i++) {
      if (i + 1 < tuning.blocks()) {
        blocks.add(read(program, state, piece(i + 1)));
      }
      write(program, blocks.get(i), b, c, match);
    }
    Tile owner = k.and(row.active(), k.equal(k.program(0), 0));
    keep(program, bs, rows.combined(adapter, bs.raw()), owner);
    keep(program, cs, rows.combined(adapter, cs.raw()), owner);
    return built();
  }

  private Block read(Program program, Tile state, Tile piece) {
    Arguments in = program.in();
    StateUpdate.Columns columns =
        update.read(
            program.row(),
            in.layer(),
            piece,
            tuning.columns(),
            state,
            in.logDecay(),
            in.skip(),
            in.norm());
    Tile head = k.divide(piece, config.headDim() / tuning.columns());
    Tile perHead = k.add(k.multiply(in.layer(), config.heads()), head);
    return new Block(
        columns,
        channels(program, columns.channels()),
        projected(program, columns.channels()),
        projected(program, k.add(head, config.dInner() + config.convDim())),
        k.load(k.at(in.dtBias(), perHead)));
  }

  private void write(Program program, Block block, Tile b, Tile c, Tile match) {
    StepRows.Adapter adapter = program.adapter();
    Tile x = convolved(adapter, block.xs());
    Tile dt = k.softplus(k.add(rows.combined(adapter, block.dt()), block.dtBias()));
    Tile gate = k.silu(rows.combined(adapter, block.z()));
    StateUpdate.Token token = new StateUpdate.Token(x, gate, dt, b, c, match);
    Arguments in = program.in();
    update.write(program.row(), block.columns(), token, in.out(), in.squares());
    Tile raw = rows.combined(adapter, block.xs().raw());
    keep(program, block.xs(), raw, program.row().active());
  }

  private StepRows.Projected projected(Program program, Tile columns) {
    return rows.projected(program.row(), program.adapter(), program.in().projected(), columns);
  }

  private Channels channels(Program program, Tile channels) {
    Arguments in = program.in();
    int taps = config.dConv();
    StepRows.Projected raw = projected(program, k.add(channels, config.dInner()));
    Tile ofLayer = k.add(k.multiply(in.layer(), config.convDim()), channels);
    List<Tile> weights = new ArrayList<>();
    List<Tile> window = new ArrayList<>();
    for (int tap = 0; tap < taps; tap++) {
      weights.add(k.load(k.at(in.convWeight(), k.add(k.multiply(ofLayer, taps), tap))));
      if (tap < taps - 1) {
        window.add(k.load(ring(program, tap + 1, channels)));
      }
    }
    return new Channels(channels, raw, k.load(k.at(in.convBias(), ofLayer)), weights, window);
  }

  /** Channels after convolution and SiLU. */
  private Tile convolved(StepRows.Adapter adapter, Channels channels) {
    Tile sum = channels.bias();
    for (int tap = 0; tap < config.dConv(); tap++) {
      Tile value =
          tap < channels.window().size()
              ? channels.window().get(tap)
              : rows.combined(adapter, channels.raw());
      sum = k.add(sum, k.multiply(k.convert(channels.weights().get(tap), Element.F32), value));
    }
    return k.silu(sum);
  }

  /** Leaves what came in, in the ring. */
  private void keep(Program program, Channels channels, Tile raw, Tile mask) {
    k.store(ring(program, 0, channels.numbers()), raw, mask);
  }

  private Tile ring(Program program, int age, Tile channels) {
    return rows.ring(program.in().ring(), program.row(), program.position(), age, channels);
  }
}
