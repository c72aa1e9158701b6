package org.omnimamba.model.kernel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.Grid;
import org.omnimamba.model.kernel.tile.Kernel;
import org.omnimamba.model.kernel.tile.KernelBuilder;
import org.omnimamba.model.kernel.tile.PowersOfTwo;
import org.omnimamba.model.kernel.tile.Tile;

/**
 * What goes into the first layer of a step: embeddings of tokens and positions, the same times the
 * first norm's weight, and sums of squares. A program has one row.
 */
public final class EmbeddingKernel {
  private static final int WARPS = 4;

  private final KernelBuilder k = new KernelBuilder("embedding");
  private final Sizes sizes;

  /**
   * Sizes of an embedding.
   *
   * @param batch rows
   * @param width of an embedding
   * @param columns that have a sum of squares each; a power of two
   */
  public record Sizes(int batch, int width, int columns) {
    /** Pieces in which sums of squares are left. */
    int pieces() {
      return Grid.blocks(width, columns);
    }
  }

  /**
   * Tables of one kind of rows.
   *
   * @param element what the table of tokens points to
   * @param positions rows of the table of positions
   */
  public record Tables(Element element, int positions) {}

  private EmbeddingKernel(Sizes sizes) {
    this.sizes = sizes;
  }

  /**
   * Arguments: tokens, of which negative ones count as 0, and positions, of which those beyond the
   * table count as its last, both {@code [batch]} (int64); for each kind of rows the table of
   * tokens {@code [vocabulary, width]} and that of positions {@code [positions, width]} (bfloat16);
   * with two kinds 1 for rows of the second, else 0 {@code [batch]}; the norms' weights, the first
   * one's first {@code [layers, width]}. Results: the embeddings {@code [batch, width]} in float32,
   * the same times the norm's weight in bfloat16, sums of squares {@code [pieces, batch]}.
   *
   * @param tables one, or those of two kinds of rows
   */
  public static Kernel of(Sizes sizes, List<Tables> tables) {
    return new EmbeddingKernel(sizes).kernel(tables);
  }

  private Kernel kernel(List<Tables> tables) {
    Tile row = k.program(0);
    Tile token = k.maximum(k.load(k.at(k.argument(Element.I64_POINTER), row)), 0);
    Tile position = k.load(k.at(k.argument(Element.I64_POINTER), row));
    List<Tile> pointers = new ArrayList<>();
    for (Tables one : tables) {
      pointers.add(k.argument(one.element()));
      pointers.add(k.argument(Element.BF16_POINTER));
    }
    @Nullable Tile second =
        tables.size() == 1
            ? null
            : k.less(k.constant(0f), k.load(k.at(k.argument(Element.F32_POINTER), row)));
    Tile norm = k.argument(Element.F32_POINTER);
    Tile out = k.argument(Element.F32_POINTER);
    Tile scaled = k.argument(Element.BF16_POINTER);
    Tile squares = k.argument(Element.F32_POINTER);

    Tile pieces = k.range(PowersOfTwo.atLeast(sizes.pieces()));
    Tile columns =
        k.add(k.column(k.multiply(pieces, sizes.columns())), k.row(k.range(sizes.columns())));
    boolean whole = sizes.width() == PowersOfTwo.atLeast(sizes.pieces()) * sizes.columns();
    @Nullable Tile inside = whole ? null : k.less(columns, sizes.width());
    Tile weight = k.load(k.at(norm, columns), inside);
    Tile value = k.full(0, columns.type().shape().toArray(new Integer[0]));
    for (int kind = 0; kind < tables.size(); kind++) {
      @Nullable Tile mask = mask(second, kind, inside);
      Tile place = k.minimum(position, tables.get(kind).positions() - 1);
      value = k.add(value, row(pointers.get(2 * kind), token, columns, mask));
      value = k.add(value, row(pointers.get(2 * kind + 1), place, columns, mask));
    }
    Tile places = k.add(columns, k.multiply(row, sizes.width()));
    k.store(k.at(out, places), value, inside);
    k.store(k.at(scaled, places), k.multiply(value, weight), inside);
    Tile piece = k.add(k.multiply(pieces, sizes.batch()), row);
    boolean allPieces = PowersOfTwo.is(sizes.pieces());
    k.store(
        k.at(squares, piece),
        k.sum(k.multiply(value, value), 1),
        allPieces ? null : k.less(pieces, sizes.pieces()));
    return k.build(new Kernel.Launch(sizes.batch(), 1, WARPS, 1));
  }

  /** Where this kind's tables are read; elsewhere they give 0. */
  private @Nullable Tile mask(@Nullable Tile second, int kind, @Nullable Tile inside) {
    if (second == null) {
      return inside;
    }
    Tile own = kind == 1 ? second : k.equal(k.select(second, k.constant(1), k.constant(0)), 0);
    return inside == null ? own : k.and(inside, own);
  }

  private Tile row(Tile table, Tile number, Tile columns, @Nullable Tile mask) {
    Tile start = k.at(table, k.multiply(number, sizes.width()));
    return k.loadFloat(k.at(start, columns), mask);
  }
}
