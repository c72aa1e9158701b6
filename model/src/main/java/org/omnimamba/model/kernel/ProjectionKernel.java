package org.omnimamba.model.kernel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.Grid;
import org.omnimamba.model.kernel.tile.Instruction;
import org.omnimamba.model.kernel.tile.Kernel;
import org.omnimamba.model.kernel.tile.KernelBuilder;
import org.omnimamba.model.kernel.tile.Masks;
import org.omnimamba.model.kernel.tile.PowersOfTwo;
import org.omnimamba.model.kernel.tile.Tile;

/**
 * A matrix product after a root mean square norm, {@code rms(x) weight^T}, for one token of each
 * row of a batch: {@code in_proj} with the first matrices of the tasks' adapters, or {@code
 * out_proj} with the residual sum after it.
 *
 * <p>The norm needs a sum over the whole width, for which a kernel of its own would have to run. So
 * the kernel that wrote x left {@code x} times the norm's weight, and sums of squares of pieces of
 * x; their total scales the product. One row is a product of a matrix and a vector in float32; more
 * rows go through the matrix units in bfloat16.
 */
public final class ProjectionKernel {
  private final Sizes sizes;
  private final Tuning tuning;
  private final Kind kind;

  /** What follows the product. */
  private enum Kind {
    PLAIN,
    RESIDUAL,
    LOGITS
  }

  /**
   * Sizes of a product.
   *
   * @param batch rows of x
   * @param in width of x
   * @param out rows of the weight, and columns of the result
   * @param pieces of x that have a sum of squares each
   * @param eps of the norm
   * @param adapterRows rows of each adapter's first matrix, which is multiplied too; 0 for none
   */
  public record Sizes(int batch, int in, int out, int pieces, float eps, int adapterRows) {
    int width() {
      return out + 2 * adapterRows;
    }
  }

  /**
   * How the work is shared out.
   *
   * @param rows of the weight that one program multiplies; a power of two
   * @param columns of the weight that are read at once, at most; a power of two
   * @param warps of a program
   * @param stages of loads in flight, in products of several rows
   */
  public record Tuning(int rows, int columns, int warps, int stages) {}

  private ProjectionKernel(Sizes sizes, Tuning tuning, Kind kind) {
    this.sizes = sizes;
    this.tuning = tuning;
    this.kind = kind;
  }

  /**
   * Arguments: layer {@code []} (int32), x times the norm's weight {@code [batch, in]} (bfloat16),
   * sums of squares {@code [pieces, batch]}, weights of all layers {@code [layers, out, in]}
   * (bfloat16), with adapters the first matrices of both tasks {@code [layers, rank, in]}. Result:
   * {@code [batch, out + 2 rank]} in float32.
   */
  public static Kernel plain(Sizes sizes, Tuning tuning) {
    return new ProjectionKernel(sizes, tuning, Kind.PLAIN).kernel("projection");
  }

  /**
   * Arguments: layer, x, sums of squares and weights as {@link #plain}, the residual {@code [batch,
   * out]}, the next layer {@code []} (int32), the next norm's weights of all layers {@code [layers,
   * out]}. Results: residual + product {@code [batch, out]} in float32, the same times the next
   * norm's weight in bfloat16, its sums of squares {@code [}{@link #pieces}{@code , batch]}.
   */
  public static Kernel residual(Sizes sizes, Tuning tuning) {
    return new ProjectionKernel(sizes, tuning, Kind.RESIDUAL).kernel("projection_residual");
  }

  /**
   * A head over a vocabulary, before {@link DrawKernel}. Arguments: layer, x, sums of squares and
   * weights as {@link #plain}, the temperatures {@code [batch]}. Results: logits {@code [batch,
   * out]} in float32; of {@link #pieces} blocks of ids the highest logits, and the sums of {@code
   * exp((logit - highest) / temperature)}, which are NaN where a logit is not finite, both {@code
   * [pieces, batch]}.
   */
  public static Kernel logits(Sizes sizes, Tuning tuning) {
    return new ProjectionKernel(sizes, tuning, Kind.LOGITS).kernel("logits");
  }

  /** Pieces in which {@link #residual} leaves sums of squares, or blocks of {@link #logits}. */
  public static int pieces(Sizes sizes, Tuning tuning) {
    return Grid.blocks(sizes.out(), tuning.rows());
  }

  /**
   * Shared memory that a program's loads in flight take, in bytes; a GPU has 227 KiB at most. The
   * stage that is computed with is among those loaded before, as seen on an H100.
   */
  static int sharedBytes(Sizes sizes, Tuning tuning) {
    if (sizes.batch() == 1) {
      return 0;
    }
    int rows = tuning.rows() + paddedBatch(sizes.batch());
    int columns = PowersOfTwo.dividing(sizes.in(), tuning.columns());
    return rows * columns * Short.BYTES * (tuning.stages() - 1);
  }

  private static int paddedBatch(int batch) {
    return Math.max(16, PowersOfTwo.atLeast(batch));
  }

  /** A weight's rows that a program multiplies. */
  private record Rows(Tile matrix, Tile numbers, @Nullable Tile mask, Tile outputs) {}

  private Kernel kernel(String name) {
    KernelBuilder k = new KernelBuilder(name);
    Tile layer = k.load(k.argument(Element.I32_POINTER));
    Tile x = k.argument(Element.BF16_POINTER);
    Tile squares = k.argument(Element.F32_POINTER);
    List<Tile> weights = new ArrayList<>();
    weights.add(k.argument(Element.BF16_POINTER));
    int adapterPrograms = 0;
    if (sizes.adapterRows() > 0) {
      weights.add(k.argument(Element.BF16_POINTER));
      weights.add(k.argument(Element.BF16_POINTER));
      adapterPrograms = 2 * Grid.blocks(sizes.adapterRows(), tuning.rows());
    }
    int programs = Grid.blocks(sizes.out(), tuning.rows()) + adapterPrograms;
    @Nullable Residual residual = kind == Kind.RESIDUAL ? Residual.arguments(k) : null;
    @Nullable Tile temperatures = kind == Kind.LOGITS ? k.argument(Element.F32_POINTER) : null;
    Tile out = residual == null ? k.argument(Element.F32_POINTER) : residual.after();
    @Nullable Blocks blocks = temperatures == null ? null : Blocks.arguments(k, temperatures);
    Rows rows = rows(k, k.convert(layer, Element.I64), weights);
    Product product = new Product(x, squares, rows, out, residual, blocks);
    if (sizes.batch() == 1 && kind != Kind.LOGITS) {
      vector(k, product);
    } else {
      matrix(k, product);
    }
    return k.build(new Kernel.Launch(programs, 1, tuning.warps(), tuning.stages()));
  }

  /** The arguments of a product with a residual sum; the last three are results. */
  private record Residual(
      Tile before, Tile next, Tile norms, Tile after, Tile scaled, Tile squares) {
    static Residual arguments(KernelBuilder k) {
      return new Residual(
          k.argument(Element.F32_POINTER),
          k.load(k.argument(Element.I32_POINTER)),
          k.argument(Element.F32_POINTER),
          k.argument(Element.F32_POINTER),
          k.argument(Element.BF16_POINTER),
          k.argument(Element.F32_POINTER));
    }
  }

  /** The arguments of a head's blocks; the last two are results. */
  private record Blocks(Tile temperatures, Tile highest, Tile sums) {
    static Blocks arguments(KernelBuilder k, Tile temperatures) {
      return new Blocks(
          temperatures, k.argument(Element.F32_POINTER), k.argument(Element.F32_POINTER));
    }
  }

  /** What a program multiplies, and where the product goes. */
  private record Product(
      Tile x,
      Tile squares,
      Rows rows,
      Tile out,
      @Nullable Residual residual,
      @Nullable Blocks blocks) {}

  private Rows rows(KernelBuilder k, Tile layer, List<Tile> weights) {
    Tile program = k.program(0);
    int own = Grid.blocks(sizes.out(), tuning.rows());
    Tile matrix = k.at(weights.get(0), k.multiply(layer, (double) sizes.out() * sizes.in()));
    boolean whole = sizes.out() % tuning.rows() == 0;
    if (sizes.adapterRows() == 0) {
      Tile numbers = k.add(k.multiply(program, tuning.rows()), k.range(tuning.rows()));
      return new Rows(matrix, numbers, whole ? null : k.less(numbers, sizes.out()), numbers);
    }
    int perAdapter = Grid.blocks(sizes.adapterRows(), tuning.rows());
    Tile rest = k.add(program, -own);
    Tile isOwn = k.less(program, own);
    Tile isFirst = k.less(rest, perAdapter);
    Tile block = k.select(isOwn, program, k.remainder(rest, perAdapter));
    Tile adapterSize = k.multiply(layer, (double) sizes.adapterRows() * sizes.in());
    Tile adapter =
        k.select(isFirst, k.at(weights.get(1), adapterSize), k.at(weights.get(2), adapterSize));
    Tile numbers = k.add(k.multiply(block, tuning.rows()), k.range(tuning.rows()));
    Tile shift =
        k.select(
            isOwn,
            k.constant(0),
            k.select(
                isFirst, k.constant(sizes.out()), k.constant(sizes.out() + sizes.adapterRows())));
    Tile count = k.select(isOwn, k.constant(sizes.out()), k.constant(sizes.adapterRows()));
    boolean wholeAdapters = sizes.adapterRows() % tuning.rows() == 0;
    return new Rows(
        k.select(isOwn, matrix, adapter),
        numbers,
        whole && wholeAdapters ? null : k.less(numbers, count),
        k.add(numbers, shift));
  }

  /** One row: every program reads all of x and its rows of the weight, all at once. */
  private void vector(KernelBuilder k, Product product) {
    Rows rows = product.rows();
    @Nullable Residual residual = product.residual();
    int columns = PowersOfTwo.dividing(sizes.in(), tuning.columns());
    int chunks = sizes.in() / columns;
    Tile starts = k.column(k.multiply(rows.numbers(), sizes.in()));
    @Nullable Tile mask = Masks.column(k, rows.mask());
    List<Tile> weights = new ArrayList<>();
    List<Tile> factors = new ArrayList<>();
    for (int chunk = 0; chunk < chunks; chunk++) {
      Tile places = k.add(k.range(columns), chunk * columns);
      Tile pointers = k.at(rows.matrix(), k.add(starts, k.row(places)));
      weights.add(k.load(pointers, mask, Instruction.Reuse.NONE));
      factors.add(k.load(k.at(product.x(), places)));
    }
    Tile pieces = k.range(PowersOfTwo.atLeast(sizes.pieces()));
    Tile ownSquares = k.load(k.at(product.squares(), pieces), k.less(pieces, sizes.pieces()));
    @Nullable Tile norm = residual == null ? null : norm(k, rows, residual);
    @Nullable Tile before =
        residual == null ? null : k.load(k.at(residual.before(), rows.numbers()), rows.mask());
    Tile sums = k.full(0, tuning.rows(), columns);
    for (int chunk = 0; chunk < chunks; chunk++) {
      Tile weight = k.convert(weights.get(chunk), Element.F32);
      Tile factor = k.row(k.convert(factors.get(chunk), Element.F32));
      sums = k.add(sums, k.multiply(weight, factor));
    }
    Tile scaled = k.multiply(k.sum(sums, 1), scale(k, k.sum(ownSquares, 0)));
    if (residual == null || norm == null || before == null) {
      k.store(k.at(product.out(), rows.outputs()), scaled, rows.mask());
      return;
    }
    Tile after = k.add(before, scaled);
    k.store(k.at(product.out(), rows.numbers()), after, rows.mask());
    k.store(k.at(residual.scaled(), rows.numbers()), k.multiply(after, norm), rows.mask());
    k.store(k.at(residual.squares(), k.program(0)), k.sum(k.multiply(after, after), 0), null);
  }

  /** Several rows, padded to what the matrix units take. */
  private void matrix(KernelBuilder k, Product product) {
    Rows rows = product.rows();
    @Nullable Residual residual = product.residual();
    int batch = paddedBatch(sizes.batch());
    int columns = PowersOfTwo.dividing(sizes.in(), tuning.columns());
    Tile tokens = k.range(batch);
    @Nullable Tile real = batch == sizes.batch() ? null : k.less(tokens, sizes.batch());
    @Nullable Tile rowMask = Masks.column(k, rows.mask());
    @Nullable Tile mask = Masks.both(k, rowMask, Masks.row(k, real));
    Tile pieces = k.range(PowersOfTwo.atLeast(sizes.pieces()));
    Tile inPieces = k.column(k.less(pieces, sizes.pieces()));
    Tile squarePlaces = k.add(k.column(k.multiply(pieces, sizes.batch())), k.row(tokens));
    Tile squareMask = real == null ? inPieces : k.and(inPieces, k.row(real));
    Tile total = k.sum(k.load(k.at(product.squares(), squarePlaces), squareMask), 0);
    Tile places = k.add(k.column(rows.numbers()), k.row(k.multiply(tokens, sizes.out())));
    @Nullable Tile norm = residual == null ? null : norm(k, rows, residual);
    @Nullable Tile before = residual == null ? null : k.load(k.at(residual.before(), places), mask);
    Tile rowStarts = k.column(k.multiply(rows.numbers(), sizes.in()));
    Tile tokenStarts = k.column(k.multiply(tokens, sizes.in()));
    @Nullable Tile tokenMask = Masks.column(k, real);
    Tile sums =
        k.loop(
            sizes.in() / columns,
            k.full(0, tuning.rows(), batch),
            (round, sum) -> {
              Tile inRow = k.row(k.add(k.multiply(round, columns), k.range(columns)));
              Tile pointers = k.at(rows.matrix(), k.add(rowStarts, inRow));
              Tile weight = k.load(pointers, rowMask, Instruction.Reuse.NONE);
              Tile factor = k.load(k.at(product.x(), k.add(tokenStarts, inRow)), tokenMask);
              return k.dot(weight, k.transposed(factor), sum);
            });
    Tile scaled = k.multiply(sums, k.row(scale(k, total)));
    if (residual == null || norm == null || before == null) {
      Tile outputs = k.add(k.column(rows.outputs()), k.row(k.multiply(tokens, sizes.width())));
      k.store(k.at(product.out(), outputs), scaled, mask);
      if (product.blocks() != null) {
        blocks(k, product.blocks(), scaled, rowMask, tokens, real);
      }
      return;
    }
    Tile after = k.add(before, scaled);
    k.store(k.at(product.out(), places), after, mask);
    k.store(k.at(residual.scaled(), places), k.multiply(after, k.column(norm)), mask);
    Tile place = k.add(k.multiply(k.program(0), sizes.batch()), tokens);
    k.store(k.at(residual.squares(), place), k.sum(k.multiply(after, after), 0), real);
  }

  /** The highest logit and the sum of weights of this program's ids. */
  private void blocks(
      KernelBuilder k,
      Blocks blocks,
      Tile logits,
      @Nullable Tile isId,
      Tile tokens,
      @Nullable Tile real) {
    Tile ids = isId == null ? logits : k.select(isId, logits, k.constant(Float.NEGATIVE_INFINITY));
    Tile highest = k.largest(ids, 0);
    Tile temperature = k.load(k.at(blocks.temperatures(), tokens), real);
    Tile divisor = k.row(k.maximum(temperature, DrawKernel.LEAST_TEMPERATURE));
    Tile weights = k.exp(k.divide(k.subtract(ids, k.row(highest)), divisor));
    // 0, or NaN where a logit is infinite
    Tile finite = k.subtract(logits, logits);
    Tile place = k.add(k.multiply(k.program(0), sizes.batch()), tokens);
    k.store(k.at(blocks.highest(), place), highest, real);
    k.store(k.at(blocks.sums(), place), k.sum(k.add(weights, finite), 0), real);
  }

  private Tile norm(KernelBuilder k, Rows rows, Residual residual) {
    Tile first = k.multiply(residual.next(), sizes.out());
    return k.load(k.at(k.at(residual.norms(), first), rows.numbers()), rows.mask());
  }

  /** {@code 1 / sqrt(mean of squares + eps)}. */
  private Tile scale(KernelBuilder k, Tile total) {
    return k.rsqrt(k.add(k.divide(total, sizes.in()), sizes.eps()));
  }
}
