package org.omnimamba.model.kernel;

import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.KernelBuilder;
import org.omnimamba.model.kernel.tile.Tile;

/** What kernels of a step read of a row: its place, and what {@code in_proj} left of it. */
final class StepRows {
  private final KernelBuilder k;
  private final LanguageModelConfig config;
  private final LayerSizes sizes;
  private final int stateRows;

  /**
   * @param stateRows rows of the states in each layer
   */
  StepRows(KernelBuilder k, LayerSizes sizes, int stateRows) {
    this.k = k;
    this.config = sizes.config();
    this.sizes = sizes;
    this.stateRows = stateRows;
  }

  /**
   * A row of the batch.
   *
   * @param state its row of the states, counted over all layers (int64)
   * @param active whether it takes part
   */
  record Row(Tile batch, Tile state, Tile active) {}

  /**
   * The row of this program.
   *
   * @param first row of the window {@code [1]} (int64)
   * @param active 1 for rows that take part, else 0 {@code [batch]}
   */
  Row row(Tile layer, Tile first, Tile active) {
    Tile batch = k.program(1);
    Tile layerRows = StatePlaces.firstRow(k, stateRows, layer);
    Tile state = k.add(k.add(layerRows, k.load(first)), k.convert(batch, Element.I64));
    return new Row(batch, state, k.less(k.constant(0f), k.load(k.at(active, batch))));
  }

  /** The second matrix of a row's adapter in a layer, and what the first one left. */
  record Adapter(Tile up, Tile inner) {}

  /**
   * The adapter of a row's task.
   *
   * @param draws 1 for rows that draw, else 0 {@code [batch]}
   */
  Adapter adapter(Tile layer, Row row, Tile projected, Tile mmuUp, Tile t2iUp, Tile draws) {
    int rank = config.lora().rank();
    Tile drawing = k.less(k.constant(0f), k.load(k.at(draws, row.batch())));
    Tile up = k.select(drawing, t2iUp, mmuUp);
    Tile size = k.multiply(k.convert(layer, Element.I64), (double) sizes.projected() * rank);
    Tile own =
        k.select(drawing, k.constant(sizes.projected() + rank), k.constant(sizes.projected()));
    Tile start = k.add(k.multiply(row.batch(), sizes.projectedWithAdapters()), own);
    Tile inner = k.load(k.at(k.at(projected, start), k.range(rank)));
    return new Adapter(k.at(up, size), k.multiply(inner, config.lora().scaling()));
  }

  /** Rows of in_proj, as read: without the adapter, and the adapter's rows. */
  record Projected(Tile base, Tile up) {}

  /** Rows of in_proj; a scalar gives a scalar and a vector of the adapter's rank. */
  Projected projected(Row row, Adapter adapter, Tile projected, Tile rows) {
    int rank = config.lora().rank();
    Tile start = k.multiply(row.batch(), sizes.projectedWithAdapters());
    Tile base = k.load(k.at(k.at(projected, start), rows));
    Tile starts = k.multiply(rows, rank);
    boolean scalar = rows.type().rank() == 0;
    Tile places =
        scalar ? k.add(starts, k.range(rank)) : k.add(k.column(starts), k.row(k.range(rank)));
    return new Projected(base, k.load(k.at(adapter.up(), places)));
  }

  /** The projection with the adapter added. */
  Tile combined(Adapter adapter, Projected rows) {
    boolean scalar = rows.base().type().rank() == 0;
    Tile inner = scalar ? adapter.inner() : k.row(adapter.inner());
    Tile products = k.multiply(k.convert(rows.up(), Element.F32), inner);
    return k.add(rows.base(), k.sum(products, scalar ? 0 : 1));
  }

  /** The first element of a row's state, among {@code [layers * rows, heads, dState, headDim]}. */
  Tile state(Tile ssm, Row row) {
    return StatePlaces.heads(k, config, ssm, row.state());
  }

  /**
   * Where the ring keeps the token of {@code age} places after the one that leaves it.
   *
   * @param ring of all rows, {@code [layers * rows * taps, channels]}
   * @param position tokens that the row has seen
   */
  Tile ring(Tile ring, Row row, Tile position, int age, Tile channels) {
    Tile place = k.remainder(k.add(position, age), config.dConv());
    Tile ofRow = StatePlaces.ring(k, config, ring, row.state());
    return k.at(ofRow, k.add(k.multiply(place, config.convDim()), channels));
  }
}
