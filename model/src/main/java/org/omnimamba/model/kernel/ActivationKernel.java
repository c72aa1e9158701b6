package org.omnimamba.model.kernel;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.Grid;
import org.omnimamba.model.kernel.tile.Kernel;
import org.omnimamba.model.kernel.tile.KernelBuilder;
import org.omnimamba.model.kernel.tile.Tile;

/**
 * Of a step, what {@link StateKernel} takes of x, B, C and dt: the adapter's second matrix, the
 * causal convolution, and the activations. In small batches that kernel does this itself, which
 * saves one; in large batches its programs would do the same over and over.
 */
public final class ActivationKernel {
  private final KernelBuilder k = new KernelBuilder("step_activation");
  private final LanguageModelConfig config;
  private final LayerSizes sizes;
  private final StepRows rows;
  private final Tuning tuning;

  /**
   * How the work is shared out.
   *
   * @param columns of a program; a power of two
   * @param warps of a program
   */
  public record Tuning(int columns, int warps) {}

  private ActivationKernel(LayerSizes sizes, int stateRows, Tuning tuning) {
    this.config = sizes.config();
    this.sizes = sizes;
    this.rows = new StepRows(k, sizes, stateRows);
    this.tuning = tuning;
  }

  /**
   * Arguments: layer {@code []} (int32); what {@code in_proj} left {@code [batch, projected + 2
   * rank]}; the adapters' second matrices, of understanding and of drawing, {@code [layers,
   * projected, rank]} (bfloat16); 1 for rows that draw, else 0 {@code [batch]}; of all layers the
   * convolution's weight {@code [layers, channels, 1, taps]} (bfloat16) and bias {@code [layers,
   * channels]}, and {@code dt_bias [layers, heads]}; the first row of the window {@code [1]}
   * (int64); tokens that each row has seen {@code [batch]} (int64); 1 for rows that take part, else
   * 0 {@code [batch]}; the ring, which changes, {@code [layers * rows * taps, channels]}. Result:
   * SiLU of the convolved x, B and C, then softplus of dt, {@code [batch, }{@link #width}{@code ]}.
   *
   * @param stateRows rows of the states in each layer
   */
  public static Kernel of(LayerSizes sizes, int stateRows, Tuning tuning) {
    return new ActivationKernel(sizes, stateRows, tuning).kernel();
  }

  /** Columns of a row of the result. */
  public static int width(LanguageModelConfig config) {
    return config.convDim() + config.heads();
  }

  private Kernel kernel() {
    Tile layer = k.load(k.argument(Element.I32_POINTER));
    Tile projected = k.argument(Element.F32_POINTER);
    Tile mmuUp = k.argument(Element.BF16_POINTER);
    Tile t2iUp = k.argument(Element.BF16_POINTER);
    Tile draws = k.argument(Element.F32_POINTER);
    Tile weight = k.argument(Element.BF16_POINTER);
    Tile bias = k.argument(Element.F32_POINTER);
    Tile dtBias = k.argument(Element.F32_POINTER);
    Tile first = k.argument(Element.I64_POINTER);
    Tile positions = k.argument(Element.I64_POINTER);
    StepRows.Row row = rows.row(layer, first, k.argument(Element.F32_POINTER));
    Tile ring = k.argument(Element.F32_POINTER);
    Tile out = k.argument(Element.F32_POINTER);

    Tile position = k.convert(k.load(k.at(positions, row.batch())), Element.I32);
    StepRows.Adapter adapter = rows.adapter(layer, row, projected, mmuUp, t2iUp, draws);
    int width = width(config);
    Tile all = k.add(k.multiply(k.program(0), tuning.columns()), k.range(tuning.columns()));
    // what is beyond the end does the last column's work again, in vain
    Tile channels = k.minimum(all, width - 1);
    Tile heads = k.add(channels, -config.convDim());
    Tile isChannel = k.less(heads, 0);
    Tile isHead = k.less(k.constant(-1), heads);
    StepRows.Projected read =
        rows.projected(row, adapter, projected, k.add(channels, config.dInner()));
    Tile ofLayer = k.add(k.multiply(layer, config.convDim()), channels);
    Tile sum = k.load(k.at(bias, ofLayer), isChannel);
    int taps = config.dConv();
    List<Tile> weights = new ArrayList<>();
    List<Tile> window = new ArrayList<>();
    for (int tap = 0; tap < taps; tap++) {
      weights.add(k.loadFloat(k.at(weight, k.add(k.multiply(ofLayer, taps), tap)), isChannel));
      if (tap < taps - 1) {
        window.add(k.load(rows.ring(ring, row, position, tap + 1, channels), isChannel));
      }
    }
    Tile perHead = k.add(k.multiply(layer, config.heads()), heads);
    Tile ofHead = k.load(k.at(dtBias, perHead), isHead);
    Tile raw = rows.combined(adapter, read);
    window.add(raw);
    for (int tap = 0; tap < taps; tap++) {
      sum = k.add(sum, k.multiply(weights.get(tap), window.get(tap)));
    }
    Tile value = k.select(isHead, k.softplus(k.add(raw, ofHead)), k.silu(sum));
    Tile inside = k.less(all, width);
    Tile start = k.multiply(row.batch(), width);
    k.store(k.at(k.at(out, start), channels), value, inside);
    Tile kept = k.and(isChannel, k.and(inside, row.active()));
    k.store(rows.ring(ring, row, position, 0, channels), raw, kept);
    int programs = Grid.blocks(width, tuning.columns());
    return k.build(new Kernel.Launch(programs, sizes.batch(), tuning.warps(), 1));
  }
}
