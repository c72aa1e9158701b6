package org.omnimamba.model.kernel;

import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.KernelBuilder;
import org.omnimamba.model.kernel.tile.Tile;

/** One step of the selective state space for some columns of a head, followed by skip and gate. */
final class StateUpdate {
  private final KernelBuilder k;
  private final LayerSizes sizes;

  StateUpdate(KernelBuilder k, LayerSizes sizes) {
    this.k = k;
    this.sizes = sizes;
  }

  /**
   * Columns of a head.
   *
   * @param piece their number among all pieces
   * @param channels counted over all heads, {@code [columns]}
   * @param states pointers to their state, {@code [dState, columns]}
   * @param before what was there
   * @param logDecay of the head
   * @param skip of the head
   * @param norm the gated norm's weight
   */
  record Columns(
      Tile piece, Tile channels, Tile states, Tile before, Tile logDecay, Tile skip, Tile norm) {}

  /**
   * A token, after its activations.
   *
   * @param x {@code [columns]}
   * @param gate {@code [columns]}
   * @param dt step size of the head
   * @param b {@code [dState]}
   * @param c {@code [dState]}
   * @param match sum of b times c
   */
  record Token(Tile x, Tile gate, Tile dt, Tile b, Tile c, Tile match) {}

  /**
   * Pointers to some columns of a head, {@code [dState, columns]}.
   *
   * @param row first element of a row of the states, {@code [heads, dState, headDim]}
   * @param channels the columns, counted over all heads
   */
  static Tile pointers(
      KernelBuilder k, LanguageModelConfig config, Tile row, Tile head, Tile channels) {
    Tile before = k.multiply(head, config.dState() * config.headDim());
    Tile inHead = k.subtract(channels, k.multiply(head, config.headDim()));
    Tile rows = k.multiply(k.range(config.dState()), config.headDim());
    return k.at(k.at(row, before), k.add(k.column(rows), k.row(inHead)));
  }

  /** The columns before the step; the state itself first, since it comes from far away. */
  Columns read(
      StepRows.Row row,
      Tile layer,
      Tile piece,
      int columns,
      Tile state,
      Tile logDecay,
      Tile skip,
      Tile norm) {
    LanguageModelConfig config = sizes.config();
    Tile channels = k.add(k.multiply(piece, columns), k.range(columns));
    Tile head = k.divide(piece, config.headDim() / columns);
    Tile states = pointers(k, config, state, head, channels);
    Tile before = k.load(states, row.active());
    Tile perHead = k.add(k.multiply(layer, config.heads()), head);
    Tile perChannel = k.add(k.multiply(layer, config.dInner()), channels);
    return new Columns(
        piece,
        channels,
        states,
        before,
        k.load(k.at(logDecay, perHead)),
        k.load(k.at(skip, perHead)),
        k.load(k.at(norm, perChannel)));
  }

  /**
   * Leaves the state after the step, y times gate and norm weight {@code [batch, dInner]}, and the
   * sum of squares of y times gate {@code [pieces, batch]}.
   */
  void write(StepRows.Row row, Columns columns, Token token, Tile out, Tile squares) {
    Tile decay = k.exp(k.negative(k.multiply(token.dt(), k.exp(columns.logDecay()))));
    Tile gain = k.multiply(token.x(), token.dt());
    Tile before = k.convert(columns.before(), Element.F32);
    Tile read = k.sum(k.multiply(before, k.column(token.c())), 0);
    Tile y =
        k.add(
            k.add(k.multiply(read, decay), k.multiply(gain, token.match())),
            k.multiply(token.x(), columns.skip()));
    Tile after = k.add(k.multiply(before, decay), k.multiply(k.column(token.b()), k.row(gain)));
    k.store(columns.states(), after, row.active());
    Tile gated = k.multiply(y, token.gate());
    Tile place = k.add(k.multiply(row.batch(), sizes.config().dInner()), columns.channels());
    k.store(k.at(out, place), k.multiply(gated, columns.norm()), null);
    Tile piece = k.add(k.multiply(columns.piece(), sizes.batch()), row.batch());
    k.store(k.at(squares, piece), k.sum(k.multiply(gated, gated), 0), null);
  }
}
