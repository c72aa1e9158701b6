package org.omnimamba.model.kernel;

import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.KernelBuilder;
import org.omnimamba.model.kernel.tile.Tile;

/**
 * Where a row's states are: the last columns of the convolution, that of token {@code t} at {@code
 * t mod taps}, and the states of the heads.
 */
final class StatePlaces {
  private StatePlaces() {}

  /**
   * A layer's first row, counted over all layers (int64).
   *
   * @param stateRows rows of the states in each layer
   */
  static Tile firstRow(KernelBuilder k, int stateRows, Tile layer) {
    return k.multiply(k.convert(layer, Element.I64), stateRows);
  }

  /**
   * First element of a row among the rings of all layers, {@code [layers * rows * taps, channels]}.
   *
   * @param row counted over all layers (int64)
   */
  static Tile ring(KernelBuilder k, LanguageModelConfig config, Tile rings, Tile row) {
    return k.at(rings, k.multiply(row, (double) config.dConv() * config.convDim()));
  }

  /**
   * First element of a row among the states of all layers, {@code [layers * rows, heads, dState,
   * headDim]}.
   *
   * @param row counted over all layers (int64)
   */
  static Tile heads(KernelBuilder k, LanguageModelConfig config, Tile states, Tile row) {
    return k.at(states, k.multiply(row, (double) config.dState() * config.dInner()));
  }

  /**
   * Pointers into a row's ring, {@code [tokens, channels]}.
   *
   * @param tokens numbers in the sequence (int32), not below minus the taps
   */
  static Tile inRing(
      KernelBuilder k, LanguageModelConfig config, Tile ring, Tile tokens, Tile channels) {
    Tile place = k.remainder(k.add(tokens, config.dConv()), config.dConv());
    return k.at(ring, k.add(k.column(k.multiply(place, config.convDim())), k.row(channels)));
  }
}
