package org.omnimamba.model.kernel;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.Kernel;
import org.omnimamba.model.kernel.tile.KernelBuilder;
import org.omnimamba.model.kernel.tile.Masks;
import org.omnimamba.model.kernel.tile.Tile;

/**
 * What the state space gives at each position of a prompt's piece, with skip and gate after it. A
 * program has one chunk of positions and some columns of one head: inside a chunk, positions meet
 * in products; what came before the chunk is in the state before it, which {@link
 * PromptStateKernel} left. Factors of products are in float16, sums in float32.
 */
public final class PromptOutputKernel {
  private final KernelBuilder k = new KernelBuilder("prompt_outputs");
  private final LanguageModelConfig config;
  private final LayerSizes sizes;
  private final PromptChunks chunks;
  private final Tuning tuning;

  /**
   * How the work is shared out.
   *
   * @param columns of a head that a program has; a power of two from 16 on that divides a head's
   * @param chunk positions of a chunk, as those of {@link PromptStateKernel}
   * @param warps of a program
   */
  public record Tuning(int columns, int chunk, int warps) {}

  private PromptOutputKernel(LayerSizes sizes, Tuning tuning) {
    this.config = sizes.config();
    this.sizes = sizes;
    this.chunks = new PromptChunks(k, sizes, tuning.chunk());
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
   * {@code [layers, dInner]}; the states before the chunks {@code [chunks, heads, dState, headDim]}
   * (float16). Results: y times gate and norm weight {@code [length, dInner]} in bfloat16; sums of
   * squares of y times gate {@code [}{@link #pieces}{@code , length]}.
   *
   * @param sizes its rows are the positions
   * @throws IllegalArgumentException if the tuning does not fit the sizes
   */
  public static Kernel of(LayerSizes sizes, Tuning tuning) {
    return new PromptOutputKernel(sizes, tuning).kernel();
  }

  /** Pieces in which the kernel leaves sums of squares. */
  public static int pieces(LayerSizes sizes, Tuning tuning) {
    return sizes.config().dInner() / tuning.columns();
  }

  private Kernel kernel() {
    Tile layer = k.load(k.argument(Element.I32_POINTER));
    Tile projected = k.argument(Element.F32_POINTER);
    Tile convolved = k.argument(Element.F16_POINTER);
    Tile dtBias = k.argument(Element.F32_POINTER);
    Tile logDecay = k.argument(Element.F32_POINTER);
    Tile skips = k.argument(Element.F32_POINTER);
    Tile norms = k.argument(Element.F32_POINTER);
    Tile states = k.argument(Element.F16_POINTER);
    Tile out = k.argument(Element.BF16_POINTER);
    Tile squares = k.argument(Element.F32_POINTER);

    Tile piece = k.program(0);
    Tile chunk = k.program(1);
    Tile channels = k.add(k.multiply(piece, tuning.columns()), k.range(tuning.columns()));
    Tile number = k.divide(piece, config.headDim() / tuning.columns());
    PromptChunks.Positions positions = chunks.positions(chunk);
    PromptChunks.Head head = chunks.head(layer, number, dtBias, logDecay);
    Tile skip = k.load(k.at(skips, k.add(k.multiply(layer, config.heads()), number)));
    Tile norm = k.load(k.at(norms, k.add(k.multiply(layer, config.dInner()), channels)));
    Tile c = chunks.c(convolved, positions);
    Tile x = chunks.convolved(convolved, positions, channels);
    Tile ofChunk = k.at(states, k.multiply(chunk, config.dState() * config.dInner()));
    Tile state = k.load(StateUpdate.pointers(k, config, ofChunk, number, channels));
    Tile dt = chunks.stepSizes(projected, positions, head);
    // of a position, all decay in its chunk up to and with it
    Tile total = k.cumulative(k.multiply(dt, head.rate()));
    Tile weights = weights(c, chunks.b(convolved, positions), dt, total);
    Tile read = k.dot(c, state, k.full(0, tuning.chunk(), tuning.columns()));
    Tile across = k.multiply(read, k.column(k.exp(total)));
    Tile y = k.add(k.dot(weights, x, across), k.multiply(k.convert(x, Element.F32), skip));

    Tile zStarts = k.column(k.multiply(positions.numbers(), sizes.projected()));
    @Nullable Tile inside = Masks.column(k, positions.inside());
    Tile z = k.load(k.at(projected, k.add(zStarts, k.row(channels))), inside);
    Tile gated = k.multiply(y, k.silu(z));
    Tile starts = k.column(k.multiply(positions.numbers(), config.dInner()));
    Tile places = k.add(starts, k.row(channels));
    k.store(k.at(out, places), k.multiply(gated, k.row(norm)), inside);
    Tile place = k.add(k.multiply(piece, sizes.batch()), positions.numbers());
    k.store(k.at(squares, place), k.sum(k.multiply(gated, gated), 1), positions.inside());
    return k.build(
        new Kernel.Launch(
            pieces(sizes, tuning), PromptChunks.count(sizes, tuning.chunk()), tuning.warps(), 1));
  }

  /** What each position gives to itself and to later ones of its chunk, {@code [chunk, chunk]}. */
  private Tile weights(Tile c, Tile b, Tile dt, Tile total) {
    int size = tuning.chunk();
    Tile order = k.range(size);
    Tile later = k.less(k.row(order), k.column(k.add(order, 1)));
    Tile scores = k.dot(c, k.transposed(b), k.full(0, size, size));
    Tile decay = k.exp(k.subtract(k.column(total), k.row(total)));
    Tile weights = k.multiply(k.multiply(scores, decay), k.row(dt));
    return k.convert(k.select(later, weights, k.constant(0f)), Element.F16);
  }
}
