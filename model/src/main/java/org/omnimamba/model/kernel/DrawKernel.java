package org.omnimamba.model.kernel;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.Grid;
import org.omnimamba.model.kernel.tile.Kernel;
import org.omnimamba.model.kernel.tile.KernelBuilder;
import org.omnimamba.model.kernel.tile.PowersOfTwo;
import org.omnimamba.model.kernel.tile.Tile;

/**
 * Draws one token of each row from {@code softmax(logits / temperature)}, after {@link
 * ProjectionKernel#logits}, as {@link org.omnimamba.model.graph.mamba.TokenDraw} does: where the
 * row's random number lies in the cumulative distribution over the ids in their order. First it
 * looks among blocks of ids, then in one block. A program has one row.
 */
public final class DrawKernel {
  /** Keeps a temperature of zero from dividing; such rows take the best token anyway. */
  static final float LEAST_TEMPERATURE = 1e-6f;

  /** Just below one: the last token must end beyond the target. */
  private static final float ALMOST_ALL = 1 - 0x1.0p-22f;

  private static final int INVALID = -1;
  private static final int WARPS = 4;

  private final KernelBuilder k = new KernelBuilder("draw");
  private final int batch;
  private final int block;

  private DrawKernel(int batch, int block) {
    this.batch = batch;
    this.block = block;
  }

  /**
   * Arguments: for each vocabulary what {@link ProjectionKernel#logits} gave, logits {@code [batch,
   * vocabulary]}, highest logits and sums of blocks {@code [blocks, batch]}; with two vocabularies
   * 1 for rows of the second, else 0 {@code [batch]}; temperatures, 0 for the first of the highest
   * logits, and random numbers in {@code [0, 1)}, both {@code [batch]}. Result: ids, -1 for rows
   * with logits that are not finite, {@code [batch]} (int64).
   *
   * @param vocabularies sizes; one, or those of two kinds of rows
   * @param block ids of a block, a power of two
   */
  public static Kernel of(int batch, List<Integer> vocabularies, int block) {
    return new DrawKernel(batch, block).kernel(vocabularies);
  }

  /** A row's vocabulary. */
  private record Vocabulary(Tile size, Tile blocks, Tile logits, Tile highest, Tile sums) {}

  private Kernel kernel(List<Integer> sizes) {
    Tile row = k.program(0);
    List<Vocabulary> all = new ArrayList<>();
    int mostBlocks = 0;
    for (int size : sizes) {
      int blocks = Grid.blocks(size, block);
      mostBlocks = Math.max(mostBlocks, blocks);
      all.add(
          new Vocabulary(
              k.constant(size),
              k.constant(blocks),
              k.at(k.argument(Element.F32_POINTER), k.multiply(row, size)),
              k.argument(Element.F32_POINTER),
              k.argument(Element.F32_POINTER)));
    }
    Vocabulary own = all.get(0);
    if (all.size() > 1) {
      Tile isSecond = k.less(k.constant(0f), k.load(k.at(k.argument(Element.F32_POINTER), row)));
      own = chosen(isSecond, all.get(1), own);
    }
    Tile temperature = k.load(k.at(k.argument(Element.F32_POINTER), row));
    Tile uniform = k.load(k.at(k.argument(Element.F32_POINTER), row));
    Tile out = k.argument(Element.I64_POINTER);
    Tile id = id(own, row, mostBlocks, temperature, uniform);
    k.store(k.at(out, row), k.convert(id, Element.I64), null);
    return k.build(new Kernel.Launch(batch, 1, WARPS, 1));
  }

  private Vocabulary chosen(Tile condition, Vocabulary yes, Vocabulary no) {
    return new Vocabulary(
        k.select(condition, yes.size(), no.size()),
        k.select(condition, yes.blocks(), no.blocks()),
        k.select(condition, yes.logits(), no.logits()),
        k.select(condition, yes.highest(), no.highest()),
        k.select(condition, yes.sums(), no.sums()));
  }

  private Tile id(Vocabulary own, Tile row, int mostBlocks, Tile temperature, Tile uniform) {
    Tile infinite = k.constant(Float.NEGATIVE_INFINITY);
    Tile blocks = k.range(PowersOfTwo.atLeast(mostBlocks));
    Tile exists = k.less(blocks, own.blocks());
    Tile places = k.add(k.multiply(blocks, batch), row);
    Tile highest = k.select(exists, k.load(k.at(own.highest(), places), exists), infinite);
    Tile sums = k.load(k.at(own.sums(), places), exists);
    Tile best = k.largest(highest, 0);
    Tile divisor = k.maximum(temperature, LEAST_TEMPERATURE);
    Tile weights = k.multiply(sums, k.exp(k.divide(k.subtract(highest, best), divisor)));
    Tile ends = k.cumulative(weights);
    Tile last = k.add(own.blocks(), -1);
    Tile total = k.sum(k.select(k.equal(blocks, last), ends, k.constant(0f)), 0);
    Tile target = k.multiply(total, k.minimum(uniform, ALMOST_ALL));
    Tile drawn = k.subtract(own.blocks(), counted(k.and(exists, k.less(target, ends))));
    Tile greedy = k.equal(temperature, 0);
    Tile wanted = k.select(greedy, first(k.equal(highest, best), blocks), drawn);
    Tile chosen = k.select(k.less(wanted, last), wanted, last);
    Tile passed = k.less(blocks, chosen);
    Tile before = k.largest(k.select(passed, ends, k.constant(0f)), 0);

    Tile numbers = k.range(block);
    Tile start = k.multiply(chosen, block);
    Tile ids = k.add(numbers, start);
    Tile isId = k.less(ids, own.size());
    Tile logits = k.select(isId, k.load(k.at(own.logits(), ids), isId), infinite);
    Tile inside = k.exp(k.divide(k.subtract(logits, best), divisor));
    Tile insideEnds = k.add(k.cumulative(inside), before);
    Tile place = k.subtract(k.constant(block), counted(k.less(target, insideEnds)));
    // rounding must not lead past the last id that has a weight
    Tile possible = k.select(k.less(k.constant(0f), inside), numbers, k.constant(0));
    Tile lastPossible = k.largest(possible, 0);
    Tile inBlock =
        k.select(
            greedy,
            first(k.equal(logits, best), numbers),
            k.select(k.less(place, lastPossible), place, lastPossible));
    Tile finite = k.less(total, Double.POSITIVE_INFINITY);
    return k.select(finite, k.add(start, inBlock), k.constant(INVALID));
  }

  private Tile counted(Tile condition) {
    return k.sum(k.select(condition, k.constant(1), k.constant(0)), 0);
  }

  /** The first of some numbers, ascending, for which a condition holds; the last if for none. */
  private Tile first(Tile condition, Tile numbers) {
    int last = numbers.type().size() - 1;
    return k.negative(k.largest(k.select(condition, k.negative(numbers), k.constant(-last)), 0));
  }
}
