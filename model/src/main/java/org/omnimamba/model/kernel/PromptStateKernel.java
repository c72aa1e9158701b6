package org.omnimamba.model.kernel;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.Kernel;
import org.omnimamba.model.kernel.tile.KernelBuilder;
import org.omnimamba.model.kernel.tile.Tile;

/**
 * The states of a prompt's piece: before each chunk of positions, and after the piece (Mamba-2,
 * "state space duality"). A program has some columns of one head and goes from chunk to chunk with
 * the state at hand. Factors of products are in float16, sums in float32.
 *
 * <p>It also leaves the columns of the last tokens in the ring of the convolution, which {@link
 * PromptConvKernel} has read by then.
 */
public final class PromptStateKernel {
  private final KernelBuilder k = new KernelBuilder("prompt_states");
  private final LanguageModelConfig config;
  private final LayerSizes sizes;
  private final PromptChunks chunks;
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

  private PromptStateKernel(LayerSizes sizes, int stateRows, Tuning tuning) {
    this.config = sizes.config();
    this.sizes = sizes;
    this.chunks = new PromptChunks(k, sizes, tuning.chunk());
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
   * dt_bias} and {@code A_log} {@code [layers, heads]}; positions that count, the row of the state
   * before the piece, the row that gets the state after it, and tokens seen before it, each {@code
   * [1]} (int64); the states, which change: {@code [layers * rows * taps, channels]} and {@code
   * [layers * rows, heads, dState, headDim]}. Result: the states before the chunks {@code [chunks,
   * heads, dState, headDim]} in float16.
   *
   * @param sizes its rows are the positions
   * @param stateRows rows of the states in each layer
   * @param stateElement what the second of the states points to: {@link Element#F32_POINTER}, or
   *     {@link Element#F16_POINTER}
   * @throws IllegalArgumentException if the tuning does not fit the sizes
   */
  public static Kernel of(LayerSizes sizes, int stateRows, Element stateElement, Tuning tuning) {
    return new PromptStateKernel(sizes, stateRows, tuning).kernel(stateElement);
  }

  /** Chunks of a piece. */
  public static int chunks(LayerSizes sizes, Tuning tuning) {
    return PromptChunks.count(sizes, tuning.chunk());
  }

  /** What the kernel reads and writes. */
  private record Arguments(
      Tile layer,
      Tile projected,
      Tile convolved,
      Tile dtBias,
      Tile logDecay,
      Tile count,
      Tile from,
      Tile to,
      Tile seen,
      Tile ring,
      Tile ssm,
      Tile out) {

    static Arguments of(KernelBuilder k, Element stateElement) {
      return new Arguments(
          k.load(k.argument(Element.I32_POINTER)),
          k.argument(Element.F32_POINTER),
          k.argument(Element.F16_POINTER),
          k.argument(Element.F32_POINTER),
          k.argument(Element.F32_POINTER),
          k.convert(k.load(k.argument(Element.I64_POINTER)), Element.I32),
          k.load(k.argument(Element.I64_POINTER)),
          k.load(k.argument(Element.I64_POINTER)),
          k.convert(k.load(k.argument(Element.I64_POINTER)), Element.I32),
          k.argument(Element.F32_POINTER),
          k.argument(stateElement),
          k.argument(Element.F16_POINTER));
    }
  }

  private Kernel kernel(Element stateElement) {
    Arguments in = Arguments.of(k, stateElement);
    Tile piece = k.program(0);
    Tile channels = k.add(k.multiply(piece, tuning.columns()), k.range(tuning.columns()));
    Tile number = k.divide(piece, config.headDim() / tuning.columns());
    PromptChunks.Head head = chunks.head(in.layer(), number, in.dtBias(), in.logDecay());
    Tile before = k.loadFloat(columns(state(in, in.from()), number, channels));
    Tile after =
        k.loop(
            PromptChunks.count(sizes, tuning.chunk()),
            before,
            (chunk, state) -> {
              Tile place = k.multiply(chunk, config.dState() * config.dInner());
              k.store(columns(k.at(in.out(), place), number, channels), state, null);
              return stateAfter(in, chunk, head, channels, state);
            });
    k.store(columns(state(in, in.to()), number, channels), after, null);
    keep(in, channels, null);
    Tile shared = k.add(k.range(2 * config.dState()), config.dInner());
    keep(in, shared, k.equal(piece, 0));
    int programs = config.dInner() / tuning.columns();
    return k.build(new Kernel.Launch(programs, 1, tuning.warps(), tuning.stages()));
  }

  /** A row of this layer, counted over all layers. */
  private Tile row(Arguments in, Tile row) {
    return k.add(StatePlaces.firstRow(k, stateRows, in.layer()), row);
  }

  private Tile state(Arguments in, Tile row) {
    return StatePlaces.heads(k, config, in.ssm(), row(in, row));
  }

  private Tile ring(Arguments in, Tile row) {
    return StatePlaces.ring(k, config, in.ring(), row(in, row));
  }

  private Tile columns(Tile row, Tile head, Tile channels) {
    return StateUpdate.pointers(k, config, row, head, channels);
  }

  /** The state after a chunk. */
  private Tile stateAfter(
      Arguments in, Tile chunk, PromptChunks.Head head, Tile channels, Tile state) {
    PromptChunks.Positions positions = chunks.positions(chunk);
    Tile sizesOfSteps = chunks.stepSizes(in.projected(), positions, head);
    // positions that do not count neither decay nor add anything
    Tile counts = k.less(positions.numbers(), in.count());
    Tile dt = k.select(counts, sizesOfSteps, k.constant(0f));
    Tile log = k.multiply(dt, head.rate());
    Tile end = k.sum(log, 0);
    Tile gain = k.multiply(k.exp(k.subtract(end, k.cumulative(log))), dt);
    Tile b = chunks.b(in.convolved(), positions);
    Tile x = k.convert(chunks.convolved(in.convolved(), positions, channels), Element.F32);
    Tile gained = k.convert(k.multiply(x, k.column(gain)), Element.F16);
    return k.dot(k.transposed(b), gained, k.multiply(state, k.exp(end)));
  }

  /** Leaves the last tokens that count in the ring, those before the piece included. */
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
    Tile from = ring(in, in.from());
    Tile old = k.load(StatePlaces.inRing(k, config, from, tokens, channels), before);
    Tile starts = k.add(k.multiply(positions, sizes.projected()), config.dInner());
    Tile places = k.add(k.column(starts), k.row(channels));
    Tile own = k.load(k.at(in.projected(), places), inPiece);
    Tile to = ring(in, in.to());
    k.store(StatePlaces.inRing(k, config, to, tokens, channels), k.add(own, old), owner);
  }
}
