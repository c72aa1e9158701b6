package org.omnimamba.model.kernel;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.kernel.tile.Grid;
import org.omnimamba.model.kernel.tile.KernelBuilder;
import org.omnimamba.model.kernel.tile.Masks;
import org.omnimamba.model.kernel.tile.Tile;

/** What the kernels of a prompt's state space read of a chunk of positions. */
final class PromptChunks {
  private final KernelBuilder k;
  private final LanguageModelConfig config;
  private final LayerSizes sizes;
  private final int size;

  /**
   * @param size positions of a chunk
   */
  PromptChunks(KernelBuilder k, LayerSizes sizes, int size) {
    this.k = k;
    this.config = sizes.config();
    this.sizes = sizes;
    this.size = size;
  }

  /** Chunks of a piece; the last one may be shorter. */
  static int count(LayerSizes sizes, int size) {
    return Grid.blocks(sizes.batch(), size);
  }

  /**
   * A chunk's positions.
   *
   * @param numbers {@code [chunk]}
   * @param inside which of them exist; null if all do
   */
  record Positions(Tile numbers, @Nullable Tile inside) {}

  Positions positions(Tile chunk) {
    Tile numbers = k.add(k.multiply(chunk, size), k.range(size));
    boolean whole = sizes.batch() % size == 0;
    return new Positions(numbers, whole ? null : k.less(numbers, sizes.batch()));
  }

  /** A head's parameters: the bias of its step sizes, and the rate at which it decays, negative. */
  record Head(Tile number, Tile dtBias, Tile rate) {}

  /**
   * @param dtBias of all layers {@code [layers, heads]}
   * @param logDecay of all layers {@code [layers, heads]}
   */
  Head head(Tile layer, Tile number, Tile dtBias, Tile logDecay) {
    Tile perHead = k.add(k.multiply(layer, config.heads()), number);
    return new Head(
        number, k.load(k.at(dtBias, perHead)), k.negative(k.exp(k.load(k.at(logDecay, perHead)))));
  }

  /** Step sizes of a head after softplus, {@code [chunk]}. */
  Tile stepSizes(Tile projected, Positions positions, Head head) {
    Tile starts = k.multiply(positions.numbers(), sizes.projected());
    Tile places = k.add(starts, k.add(head.number(), config.dInner() + config.convDim()));
    Tile raw = k.load(k.at(projected, places), positions.inside());
    return k.softplus(k.add(raw, head.dtBias()));
  }

  /** Columns of what the convolution gave {@code [length, channels]}: {@code [chunk, columns]}. */
  Tile convolved(Tile convolved, Positions positions, Tile channels) {
    Tile starts = k.column(k.multiply(positions.numbers(), config.convDim()));
    return k.load(
        k.at(convolved, k.add(starts, k.row(channels))), Masks.column(k, positions.inside()));
  }

  /** B, {@code [chunk, dState]}. */
  Tile b(Tile convolved, Positions positions) {
    return convolved(convolved, positions, k.add(k.range(config.dState()), config.dInner()));
  }

  /** C, {@code [chunk, dState]}. */
  Tile c(Tile convolved, Positions positions) {
    int first = config.dInner() + config.dState();
    return convolved(convolved, positions, k.add(k.range(config.dState()), first));
  }
}
