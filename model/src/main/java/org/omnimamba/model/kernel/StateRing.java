package org.omnimamba.model.kernel;

import org.omnimamba.model.config.LanguageModelConfig;

/** Where the last columns of the convolution are: that of token {@code t} at {@code t mod taps}. */
final class StateRing {
  private StateRing() {}

  /**
   * The ring of one row of the states.
   *
   * @param row of the layer's rows (int64)
   * @param rings of all layers, {@code [layers * rows * taps, channels]}
   */
  static Tile row(
      KernelBuilder k,
      LanguageModelConfig config,
      int stateRows,
      Tile layer,
      Tile row,
      Tile rings) {
    Tile number = k.add(k.multiply(k.convert(layer, Element.I64), stateRows), row);
    return k.at(rings, k.multiply(number, (double) config.dConv() * config.convDim()));
  }

  /**
   * Pointers {@code [tokens, channels]}.
   *
   * @param tokens numbers in the sequence (int32), not below minus the taps
   */
  static Tile at(
      KernelBuilder k, LanguageModelConfig config, Tile ring, Tile tokens, Tile channels) {
    Tile place = k.remainder(k.add(tokens, config.dConv()), config.dConv());
    return k.at(ring, k.add(k.column(k.multiply(place, config.convDim())), k.row(channels)));
  }
}
