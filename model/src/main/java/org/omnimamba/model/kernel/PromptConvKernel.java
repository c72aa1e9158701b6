package org.omnimamba.model.kernel;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.Grid;
import org.omnimamba.model.kernel.tile.Kernel;
import org.omnimamba.model.kernel.tile.KernelBuilder;
import org.omnimamba.model.kernel.tile.PowersOfTwo;
import org.omnimamba.model.kernel.tile.Tile;

/**
 * The causal depthwise convolution over x, B and C with bias and SiLU, for all positions of a
 * prompt's piece. What lies before the piece comes from the ring of the state; {@link
 * PromptStateKernel}, which runs later, writes the ring.
 */
public final class PromptConvKernel {
  private final KernelBuilder k = new KernelBuilder("prompt_conv");
  private final LanguageModelConfig config;
  private final LayerSizes sizes;
  private final int stateRows;
  private final Tuning tuning;

  /**
   * How the work is shared out.
   *
   * @param positions of a program; a power of two
   * @param channels of a program, at most; a power of two
   * @param warps of a program
   */
  public record Tuning(int positions, int channels, int warps) {}

  private PromptConvKernel(LayerSizes sizes, int stateRows, Tuning tuning) {
    this.config = sizes.config();
    this.sizes = sizes;
    this.stateRows = stateRows;
    this.tuning = tuning;
  }

  /**
   * Arguments: layer {@code []} (int32); what {@code in_proj} left {@code [length, projected]}; of
   * all layers the weight {@code [layers, channels, 1, taps]} (bfloat16) and the bias {@code
   * [layers, channels]}; the row of the state in front, and tokens that it has seen, both {@code
   * [1]} (int64); the ring {@code [layers * rows * taps, channels]}. Result: {@code [length,
   * channels]} in float16.
   *
   * @param sizes its rows are the positions
   * @param stateRows rows of the states in each layer
   */
  public static Kernel of(LayerSizes sizes, int stateRows, Tuning tuning) {
    return new PromptConvKernel(sizes, stateRows, tuning).kernel();
  }

  private Kernel kernel() {
    Tile layer = k.load(k.argument(Element.I32_POINTER));
    Tile projected = k.argument(Element.F32_POINTER);
    Tile weight = k.argument(Element.BF16_POINTER);
    Tile bias = k.argument(Element.F32_POINTER);
    Tile from = k.load(k.argument(Element.I64_POINTER));
    Tile seen = k.load(k.argument(Element.I64_POINTER));
    Tile rings = k.argument(Element.F32_POINTER);
    Tile row = k.add(StatePlaces.firstRow(k, stateRows, layer), from);
    Tile ring = StatePlaces.ring(k, config, rings, row);
    Tile out = k.argument(Element.F16_POINTER);
    int size = PowersOfTwo.dividing(config.convDim(), tuning.channels());
    Tile channels = k.add(k.multiply(k.program(0), size), k.range(size));
    Tile positions =
        k.add(k.multiply(k.program(1), tuning.positions()), k.range(tuning.positions()));
    boolean whole = sizes.batch() % tuning.positions() == 0;
    @Nullable Tile inside = whole ? null : k.column(k.less(positions, sizes.batch()));
    Tile ofLayer = k.add(k.multiply(layer, config.convDim()), channels);
    Tile sum = k.row(k.load(k.at(bias, ofLayer)));
    int taps = config.dConv();
    for (int tap = 0; tap < taps; tap++) {
      Tile source = k.add(positions, tap - taps + 1);
      Tile factor = k.loadFloat(k.at(weight, k.add(k.multiply(ofLayer, taps), tap)));
      Tile value = value(projected, ring, seen, source, channels, inside);
      sum = k.add(k.multiply(value, k.row(factor)), sum);
    }
    Tile places = k.add(k.column(k.multiply(positions, config.convDim())), k.row(channels));
    k.store(k.at(out, places), k.silu(sum), inside);
    return k.build(
        new Kernel.Launch(
            config.convDim() / size,
            Grid.blocks(sizes.batch(), tuning.positions()),
            tuning.warps(),
            1));
  }

  /** Channels of the piece's positions, and of the ring's before it. */
  private Tile value(
      Tile projected, Tile ring, Tile seen, Tile source, Tile channels, @Nullable Tile inside) {
    Tile before = k.column(k.less(source, 0));
    Tile own = k.column(k.less(k.constant(-1), source));
    Tile inPiece = inside == null ? own : k.and(own, inside);
    Tile starts = k.add(k.multiply(source, sizes.projected()), config.dInner());
    Tile value = k.load(k.at(projected, k.add(k.column(starts), k.row(channels))), inPiece);
    Tile token = k.add(source, k.convert(seen, Element.I32));
    Tile old = k.load(StatePlaces.inRing(k, config, ring, token, channels), before);
    return k.add(value, old);
  }
}
