package org.omnimamba.model.kernel;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.model.config.LanguageModelConfig;

/**
 * What lies between a layer's two projections, for one token of each row: the adapter's second
 * matrix, the causal convolution, the step of the selective state space, skip and gate. A program
 * has some columns of one row's heads. It reads its part of the state once and writes it once, in
 * place.
 *
 * <p>Places that one program writes no other reads: the ring of the convolution has a place for the
 * token that leaves the window, and that one is overwritten. All reads come before all writes,
 * since a compiler cannot move a read over a write that might be to the same place.
 */
public final class StateKernel {
  private final LanguageModelConfig config;
  private final LayerSizes sizes;
  private final int stateRows;
  private final Tuning tuning;
  private final Element stateElement;
  private final KernelBuilder k = new KernelBuilder("state_step");

  /**
   * How the work is shared out.
   *
   * @param columns of a head that are worked on at once; a power of two that divides a head's
   * @param blocks of so many columns for one program, one after the other; divides their number
   * @param warps of a program
   */
  public record Tuning(int columns, int blocks, int warps) {}

  private StateKernel(LayerSizes sizes, int stateRows, Element stateElement, Tuning tuning) {
    this.config = sizes.config();
    this.sizes = sizes;
    this.stateRows = stateRows;
    this.tuning = tuning;
    this.stateElement = stateElement;
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
    return new StateKernel(sizes, stateRows, stateElement, tuning).kernel();
  }

  /** Pieces in which the kernel leaves sums of squares. */
  public static int pieces(LayerSizes sizes, Tuning tuning) {
    return sizes.config().dInner() / tuning.columns();
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

  /** Where this program's row is; {@code state} counts rows of all layers. */
  private record Row(Tile batch, Tile state, Tile position, Tile active) {}

  /** The second matrix of the row's adapter in this layer, and what the first one left. */
  private record Adapter(Tile up, Tile inner) {}

  /** Rows of in_proj, as read: without the adapter, and the adapter's rows. */
  private record Projected(Tile base, Tile up) {}

  /** Channels of xBC, as read: what comes in, and the convolution's window and weights. */
  private record Channels(
      Tile numbers, Projected raw, Tile bias, List<Tile> weights, List<Tile> window) {}

  /** A head's scalars, as read. */
  private record Head(Projected dt, Tile dtBias, Tile logDecay, Tile skip) {}

  /** Columns of a head, as read. */
  private record Block(
      Tile piece,
      Tile channels,
      Tile states,
      Tile before,
      Channels xs,
      Projected z,
      Head head,
      Tile norm) {}

  private Kernel kernel() {
    Arguments in = Arguments.of(k, stateElement);
    step(in, k.program(0));
    int programs = pieces(sizes, tuning) / tuning.blocks();
    return k.build(new Kernel.Launch(programs, sizes.batch(), tuning.warps(), 1));
  }

  private void step(Arguments in, Tile program) {
    Row row = row(in);
    Tile ssm = k.at(in.ssm(), k.multiply(row.state(), (double) config.dState() * config.dInner()));
    Adapter adapter = adapter(in, row);
    Tile states = k.range(config.dState());
    List<Block> blocks = new ArrayList<>();
    blocks.add(read(in, row, adapter, ssm, k.multiply(program, tuning.blocks())));
    Channels bs = read(in, row, adapter, k.add(states, config.dInner()));
    Channels cs = read(in, row, adapter, k.add(states, config.dInner() + config.dState()));
    Tile b = convolved(adapter, bs);
    Tile c = convolved(adapter, cs);
    Tile match = k.sum(k.multiply(b, c), 0);
    for (int i = 0; i < tuning.blocks(); i++) {
      if (i + 1 < tuning.blocks()) {
        Tile next = k.add(k.multiply(program, tuning.blocks()), i + 1);
        blocks.add(read(in, row, adapter, ssm, next));
      }
      write(in, row, adapter, blocks.get(i), b, c, match);
    }
    Tile owner = k.and(row.active(), k.equal(program, 0));
    keep(in, row, bs, combined(adapter, bs.raw()), owner);
    keep(in, row, cs, combined(adapter, cs.raw()), owner);
  }

  private Row row(Arguments in) {
    Tile batch = k.program(1);
    Tile layerRows = k.multiply(k.convert(in.layer(), Element.I64), stateRows);
    Tile state = k.add(k.add(layerRows, k.load(in.first())), k.convert(batch, Element.I64));
    Tile position = k.convert(k.load(k.at(in.positions(), batch)), Element.I32);
    return new Row(
        batch, state, position, k.less(k.constant(0f), k.load(k.at(in.active(), batch))));
  }

  private Adapter adapter(Arguments in, Row row) {
    int rank = config.lora().rank();
    Tile drawing = k.less(k.constant(0f), k.load(k.at(in.draws(), row.batch())));
    Tile up = k.select(drawing, in.t2iUp(), in.mmuUp());
    Tile size = k.multiply(k.convert(in.layer(), Element.I64), (double) sizes.projected() * rank);
    Tile own =
        k.select(drawing, k.constant(sizes.projected() + rank), k.constant(sizes.projected()));
    Tile start = k.add(k.multiply(row.batch(), sizes.projectedWithAdapters()), own);
    Tile inner = k.load(k.at(k.at(in.projected(), start), k.range(rank)));
    return new Adapter(k.at(up, size), k.multiply(inner, config.lora().scaling()));
  }

  /** Reads what the columns of a block need; the state first, since it comes from far away. */
  private Block read(Arguments in, Row row, Adapter adapter, Tile ssm, Tile piece) {
    Tile channels = k.add(k.multiply(piece, tuning.columns()), k.range(tuning.columns()));
    Tile head = k.divide(piece, config.headDim() / tuning.columns());
    Tile states = columns(k, config, ssm, head, channels);
    Tile before = k.load(states, row.active());
    Channels xs = read(in, row, adapter, channels);
    Projected z = projected(in, row, adapter, channels);
    Tile perHead = k.add(k.multiply(in.layer(), config.heads()), head);
    Head ofHead =
        new Head(
            projected(in, row, adapter, k.add(head, config.dInner() + config.convDim())),
            k.load(k.at(in.dtBias(), perHead)),
            k.load(k.at(in.logDecay(), perHead)),
            k.load(k.at(in.skip(), perHead)));
    Tile norm = k.load(k.at(in.norm(), k.add(k.multiply(in.layer(), config.dInner()), channels)));
    return new Block(piece, channels, states, before, xs, z, ofHead, norm);
  }

  /**
   * Pointers to some columns of a head in a row of the states, {@code [dState, columns]}.
   *
   * @param row the row's first element
   * @param channels the columns, counted over all heads
   */
  static Tile columns(
      KernelBuilder k, LanguageModelConfig config, Tile row, Tile head, Tile channels) {
    Tile before = k.multiply(head, config.dState() * config.headDim());
    Tile inHead = k.subtract(channels, k.multiply(head, config.headDim()));
    Tile rows = k.multiply(k.range(config.dState()), config.headDim());
    return k.at(k.at(row, before), k.add(k.column(rows), k.row(inHead)));
  }

  private void write(
      Arguments in, Row row, Adapter adapter, Block block, Tile b, Tile c, Tile match) {
    Tile x = convolved(adapter, block.xs());
    Head head = block.head();
    Tile dt = k.softplus(k.add(combined(adapter, head.dt()), head.dtBias()));
    Tile decay = k.exp(k.negative(k.multiply(dt, k.exp(head.logDecay()))));
    Tile gain = k.multiply(x, dt);
    Tile before = k.convert(block.before(), Element.F32);
    Tile read = k.sum(k.multiply(before, k.column(c)), 0);
    Tile y =
        k.add(k.add(k.multiply(read, decay), k.multiply(gain, match)), k.multiply(x, head.skip()));
    Tile after = k.add(k.multiply(before, decay), k.multiply(k.column(b), k.row(gain)));
    k.store(block.states(), after, row.active());
    Tile gated = k.multiply(y, k.silu(combined(adapter, block.z())));
    Tile place = k.add(k.multiply(row.batch(), config.dInner()), block.channels());
    k.store(k.at(in.out(), place), k.multiply(gated, block.norm()), null);
    Tile piece = k.add(k.multiply(block.piece(), sizes.batch()), row.batch());
    k.store(k.at(in.squares(), piece), k.sum(k.multiply(gated, gated), 0), null);
    keep(in, row, block.xs(), combined(adapter, block.xs().raw()), row.active());
  }

  /** Rows of in_proj; a scalar gives a scalar and a vector of the adapter's rank. */
  private Projected projected(Arguments in, Row row, Adapter adapter, Tile rows) {
    int rank = config.lora().rank();
    Tile start = k.multiply(row.batch(), sizes.projectedWithAdapters());
    Tile base = k.load(k.at(k.at(in.projected(), start), rows));
    Tile starts = k.multiply(rows, rank);
    boolean scalar = rows.type().rank() == 0;
    Tile places =
        scalar ? k.add(starts, k.range(rank)) : k.add(k.column(starts), k.row(k.range(rank)));
    return new Projected(base, k.load(k.at(adapter.up(), places)));
  }

  /** The projection with the adapter added. */
  private Tile combined(Adapter adapter, Projected rows) {
    boolean scalar = rows.base().type().rank() == 0;
    Tile inner = scalar ? adapter.inner() : k.row(adapter.inner());
    Tile products = k.multiply(k.convert(rows.up(), Element.F32), inner);
    return k.add(rows.base(), k.sum(products, scalar ? 0 : 1));
  }

  private Channels read(Arguments in, Row row, Adapter adapter, Tile channels) {
    int taps = config.dConv();
    Projected raw = projected(in, row, adapter, k.add(channels, config.dInner()));
    Tile ofLayer = k.add(k.multiply(in.layer(), config.convDim()), channels);
    List<Tile> weights = new ArrayList<>();
    List<Tile> window = new ArrayList<>();
    for (int tap = 0; tap < taps; tap++) {
      weights.add(k.load(k.at(in.convWeight(), k.add(k.multiply(ofLayer, taps), tap))));
      if (tap < taps - 1) {
        window.add(k.load(ring(in, row, tap + 1, channels)));
      }
    }
    return new Channels(channels, raw, k.load(k.at(in.convBias(), ofLayer)), weights, window);
  }

  /** Channels behind convolution and SiLU. */
  private Tile convolved(Adapter adapter, Channels channels) {
    Tile sum = channels.bias();
    for (int tap = 0; tap < config.dConv(); tap++) {
      Tile value =
          tap < channels.window().size()
              ? channels.window().get(tap)
              : combined(adapter, channels.raw());
      sum = k.add(sum, k.multiply(k.convert(channels.weights().get(tap), Element.F32), value));
    }
    return k.silu(sum);
  }

  /** Leaves what came in, in the ring. */
  private void keep(Arguments in, Row row, Channels channels, Tile raw, Tile mask) {
    k.store(ring(in, row, 0, channels.numbers()), raw, mask);
  }

  /** Where the ring keeps the token of {@code age} places behind the one that leaves it. */
  private Tile ring(Arguments in, Row row, int age, Tile channels) {
    Tile place = k.remainder(k.add(row.position(), age), config.dConv());
    Tile ofRow = k.multiply(row.state(), (double) config.dConv() * config.convDim());
    return k.at(k.at(in.ring(), ofRow), k.add(k.multiply(place, config.convDim()), channels));
  }
}
