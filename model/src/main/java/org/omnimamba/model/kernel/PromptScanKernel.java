package org.omnimamba.model.kernel;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.LanguageModelConfig;

/**
 * The selective state space over a prompt's piece in matrix form (Mamba-2, "state space duality"),
 * with skip and gate behind it. A program has some columns of one head and goes through the piece
 * chunk by chunk, with the state at hand: inside a chunk, positions meet in products; what came
 * before the chunk is in the state. Factors of products are in float16, sums in float32.
 *
 * <p>It also leaves the columns of the last tokens in the ring of the convolution, which {@link
 * PromptConvKernel} has read by then.
 */
public final class PromptScanKernel {
  private final KernelBuilder k = new KernelBuilder("prompt_scan");
  private final LanguageModelConfig config;
  private final LayerSizes sizes;
  private final int stateRows;
  private final Tuning tuning;

  /**
   * How the work is shared out.
   *
   * @param columns of a head that a program has; a power of two from 16 on that divides a head's
   * @param chunk positions of a chunk; a power of two, at least 16
   * @param warps of a program
   * @param stages of loads in flight
   */
  public record Tuning(int columns, int chunk, int warps, int stages) {}

  private PromptScanKernel(LayerSizes sizes, int stateRows, Tuning tuning) {
    this.config = sizes.config();
    this.sizes = sizes;
    this.stateRows = stateRows;
    this.tuning = tuning;
    if (config.headDim() % tuning.columns() != 0) {
      throw new IllegalArgumentException(
          "%s does not divide heads of %d columns".formatted(tuning, config.headDim()));
    }
  }

  /**
   * Arguments: layer {@code []} (int32); what {@code in_proj} left {@code [length, projected]} and
   * what the convolution made of it {@code [length, channels]} (float16); of all layers {@code
   * dt_bias}, {@code A_log} and {@code D} {@code [layers, heads]} and the gated norm's weight
   * {@code [layers, dInner]}; positions that count, the row of the state in front, the row where
   * the state behind goes, and tokens seen in front, each {@code [1]} (int64); the states, which
   * change: {@code [layers * rows * taps, channels]} and {@code [layers * rows, heads, dState,
   * headDim]}. Results: y times gate and norm weight {@code [length, dInner]} in bfloat16; sums of
   * squares of y times gate {@code [}{@link #pieces}{@code , length]}.
   *
   * @param sizes its rows are the positions
   * @param stateRows rows of the states in each layer
   * @param stateElement what the second of the states points to: {@link Element#F32_POINTER}, or
   *     {@link Element#F16_POINTER}
   * @throws IllegalArgumentException if the tuning does not fit the sizes
   */
  public static Kernel of(LayerSizes sizes, int stateRows, Element stateElement, Tuning tuning) {
    return new PromptScanKernel(sizes, stateRows, tuning).kernel(stateElement);
  }

  /** Pieces in which the kernel leaves sums of squares. */
  public static int pieces(LayerSizes sizes, Tuning tuning) {
    return sizes.config().dInner() / tuning.columns();
  }

  /** What the kernel reads and writes. */
  private record Arguments(
      Tile layer,
      Tile projected,
      Tile convolved,
      Tile dtBias,
      Tile logDecay,
      Tile skip,
      Tile norm,
      Tile count,
      Tile from,
      Tile to,
      Tile seen,
      Tile ring,
      Tile ssm,
      Tile out,
      Tile squares) {

    static Arguments of(KernelBuilder k, Element stateElement) {
      return new Arguments(
          k.load(k.argument(Element.I32_POINTER)),
          k.argument(Element.F32_POINTER),
          k.argument(Element.F16_POINTER),
          k.argument(Element.F32_POINTER),
          k.argument(Element.F32_POINTER),
          k.argument(Element.F32_POINTER),
          k.argument(Element.F32_POINTER),
          k.convert(k.load(k.argument(Element.I64_POINTER)), Element.I32),
          k.load(k.argument(Element.I64_POINTER)),
          k.load(k.argument(Element.I64_POINTER)),
          k.convert(k.load(k.argument(Element.I64_POINTER)), Element.I32),
          k.argument(Element.F32_POINTER),
          k.argument(stateElement),
          k.argument(Element.BF16_POINTER),
          k.argument(Element.F32_POINTER));
    }
  }

  /** A program's columns, and what is the same for all positions. */
  private record Columns(
      Tile piece, Tile channels, Tile head, Tile dtBias, Tile rate, Tile skip, Tile norm) {}

  /** A chunk's positions, and which of them exist; null if all do. */
  private record Chunk(Tile positions, @Nullable Tile inside) {}

  private Kernel kernel(Element stateElement) {
    Arguments in = Arguments.of(k, stateElement);
    Columns columns = columns(in);
    Tile before = k.loadFloat(state(in, columns, in.from()));
    int chunks = (sizes.batch() + tuning.chunk() - 1) / tuning.chunk();
    Tile after = k.loop(chunks, before, (round, state) -> chunk(in, columns, round, state));
    k.store(state(in, columns, in.to()), after, null);
    keep(in, columns.channels(), null);
    Tile shared = k.add(k.range(2 * config.dState()), config.dInner());
    keep(in, shared, k.equal(columns.piece(), 0));
    return k.build(new Kernel.Launch(pieces(sizes, tuning), 1, tuning.warps(), tuning.stages()));
  }

  private Columns columns(Arguments in) {
    Tile piece = k.program(0);
    Tile channels = k.add(k.multiply(piece, tuning.columns()), k.range(tuning.columns()));
    Tile head = k.divide(piece, config.headDim() / tuning.columns());
    Tile perHead = k.add(k.multiply(in.layer(), config.heads()), head);
    Tile perChannel = k.add(k.multiply(in.layer(), config.dInner()), channels);
    return new Columns(
        piece,
        channels,
        head,
        k.load(k.at(in.dtBias(), perHead)),
        k.negative(k.exp(k.load(k.at(in.logDecay(), perHead)))),
        k.load(k.at(in.skip(), perHead)),
        k.load(k.at(in.norm(), perChannel)));
  }

  /** Pointers to the columns' state in a row, {@code [dState, columns]}. */
  private Tile state(Arguments in, Columns columns, Tile row) {
    Tile number = k.add(k.multiply(k.convert(in.layer(), Element.I64), stateRows), row);
    Tile ofRow = k.at(in.ssm(), k.multiply(number, (double) config.dState() * config.dInner()));
    return StateKernel.columns(k, config, ofRow, columns.head(), columns.channels());
  }

  /** Adds one chunk, and gives the state behind it. */
  private Tile chunk(Arguments in, Columns columns, Tile round, Tile state) {
    int size = tuning.chunk();
    Tile positions = k.add(k.multiply(round, size), k.range(size));
    boolean whole = sizes.batch() % size == 0;
    Chunk chunk = new Chunk(positions, whole ? null : k.less(positions, sizes.batch()));
    Tile dt = stepSizes(in, columns, chunk);
    Tile log = k.multiply(dt, columns.rate());
    Tile order = k.range(size);
    Tile earlier = k.less(k.column(order), k.row(k.add(order, 1)));
    // of a position, all decay up to and with it
    Tile total = k.sum(k.select(earlier, k.column(log), k.constant(0f)), 0);
    Tile end = k.sum(log, 0);
    Tile b = shared(in, chunk, config.dInner());
    Tile c = shared(in, chunk, config.dInner() + config.dState());
    Tile x = convolved(in, chunk, columns.channels());

    Tile later = k.less(k.row(order), k.column(k.add(order, 1)));
    Tile scores = k.dot(c, k.transposed(b), k.full(0, size, size));
    Tile decay = k.exp(k.subtract(k.column(total), k.row(total)));
    Tile weights = k.multiply(k.multiply(scores, decay), k.row(dt));
    Tile inChunk = k.convert(k.select(later, weights, k.constant(0f)), Element.F16);
    Tile read = k.dot(c, k.convert(state, Element.F16), k.full(0, size, tuning.columns()));
    Tile across = k.multiply(read, k.column(k.exp(total)));
    Tile wide = k.convert(x, Element.F32);
    Tile y = k.add(k.dot(inChunk, x, across), k.multiply(wide, columns.skip()));
    finish(in, columns, chunk, y);

    Tile toEnd = k.multiply(k.exp(k.subtract(end, total)), dt);
    Tile gains = k.convert(k.multiply(wide, k.column(toEnd)), Element.F16);
    return k.dot(k.transposed(b), gains, k.multiply(state, k.exp(end)));
  }

  /** Softplus; 0 at positions that do not count, which neither decay nor add anything. */
  private Tile stepSizes(Arguments in, Columns columns, Chunk chunk) {
    Tile starts = k.multiply(chunk.positions(), sizes.projected());
    Tile places = k.add(starts, k.add(columns.head(), config.dInner() + config.convDim()));
    Tile raw = k.load(k.at(in.projected(), places), chunk.inside());
    Tile counts = k.less(chunk.positions(), in.count());
    return k.select(counts, k.softplus(k.add(raw, columns.dtBias())), k.constant(0f));
  }

  /** B or C, {@code [chunk, dState]}. */
  private Tile shared(Arguments in, Chunk chunk, int first) {
    return convolved(in, chunk, k.add(k.range(config.dState()), first));
  }

  private Tile convolved(Arguments in, Chunk chunk, Tile channels) {
    Tile starts = k.column(k.multiply(chunk.positions(), config.convDim()));
    return k.load(k.at(in.convolved(), k.add(starts, k.row(channels))), column(chunk.inside()));
  }

  /** The gate, the norm's weight and the squares. */
  private void finish(Arguments in, Columns columns, Chunk chunk, Tile y) {
    Tile zStarts = k.column(k.multiply(chunk.positions(), sizes.projected()));
    @Nullable Tile inside = column(chunk.inside());
    Tile z = k.load(k.at(in.projected(), k.add(zStarts, k.row(columns.channels()))), inside);
    Tile gated = k.multiply(y, k.silu(z));
    Tile starts = k.column(k.multiply(chunk.positions(), config.dInner()));
    Tile places = k.add(starts, k.row(columns.channels()));
    k.store(k.at(in.out(), places), k.multiply(gated, k.row(columns.norm())), inside);
    Tile piece = k.add(k.multiply(columns.piece(), sizes.batch()), chunk.positions());
    k.store(k.at(in.squares(), piece), k.sum(k.multiply(gated, gated), 1), chunk.inside());
  }

  private @Nullable Tile column(@Nullable Tile mask) {
    return mask == null ? null : k.column(mask);
  }

  /** Leaves the last tokens that count in the ring, those in front of the piece included. */
  private void keep(Arguments in, Tile channels, @Nullable Tile owner) {
    int taps = config.dConv();
    Tile positions = k.add(k.add(in.count(), -taps), k.range(taps));
    Tile inPiece = k.column(k.less(k.constant(-1), positions));
    Tile before = k.column(k.less(positions, 0));
    if (owner != null) {
      inPiece = k.and(inPiece, owner);
      before = k.and(before, owner);
    }
    Tile tokens = k.add(positions, in.seen());
    Tile from = StateRing.row(k, config, stateRows, in.layer(), in.from(), in.ring());
    Tile old = k.load(StateRing.at(k, config, from, tokens, channels), before);
    Tile starts = k.add(k.multiply(positions, sizes.projected()), config.dInner());
    Tile places = k.add(k.column(starts), k.row(channels));
    Tile own = k.load(k.at(in.projected(), places), inPiece);
    Tile to = StateRing.row(k, config, stateRows, in.layer(), in.to(), in.ring());
    k.store(StateRing.at(k, config, to, tokens, channels), k.add(own, old), owner);
  }
}
