package org.omnimamba.model.kernel;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.Grid;
import org.omnimamba.model.kernel.tile.Kernel;
import org.omnimamba.model.kernel.tile.KernelBuilder;
import org.omnimamba.model.kernel.tile.Masks;
import org.omnimamba.model.kernel.tile.PowersOfTwo;
import org.omnimamba.model.kernel.tile.Tile;

/**
 * A matrix product after a root mean square norm, {@code rms(x) weight^T}, for all positions of a
 * prompt's piece: an adapter's first matrix, {@code in_proj} with the adapter's second matrix
 * added, or {@code out_proj} with the residual sum after it. As in {@link ProjectionKernel}, the
 * kernel that wrote x left {@code x} times the norm's weight and sums of squares of pieces of x.
 *
 * <p>A program has a block of positions and a block of the weight's rows. Programs of the same rows
 * follow one another, so that weights come from memory once and from the cache then.
 */
public final class PromptProjectionKernel {
  private final KernelBuilder k;
  private final Sizes sizes;
  private final Tuning tuning;

  /**
   * Sizes of a product.
   *
   * @param length positions
   * @param in width of x
   * @param out rows of the weight, and columns of the result
   * @param pieces of x that have a sum of squares each
   * @param eps of the norm
   */
  public record Sizes(int length, int in, int out, int pieces, float eps) {}

  /**
   * An adapter.
   *
   * @param rank rows of the first matrix
   * @param scaling factor of what the second one gives
   */
  public record Adapter(int rank, float scaling) {}

  /**
   * How the work is shared out.
   *
   * @param positions of a program; a power of two, at least 16
   * @param rows of the weight, of a program; a power of two, at least 16
   * @param columns of both that are read at once, at most; a power of two
   * @param warps of a program
   * @param stages of loads in flight
   */
  public record Tuning(int positions, int rows, int columns, int warps, int stages) {}

  private PromptProjectionKernel(String name, Sizes sizes, Tuning tuning) {
    this.k = new KernelBuilder(name);
    this.sizes = sizes;
    this.tuning = tuning;
  }

  /**
   * Arguments: layer {@code []} (int32), x times the norm's weight {@code [length, in]} (bfloat16),
   * sums of squares {@code [pieces, length]}, weights of all layers {@code [layers, out, in]}
   * (bfloat16). Result: {@code [length, out]} in float32.
   */
  public static Kernel plain(Sizes sizes, Tuning tuning) {
    return new PromptProjectionKernel("prompt_projection", sizes, tuning).plain(null);
  }

  /**
   * Arguments: as {@link #plain}, then what the adapter's first matrix gave {@code [length, rank]}
   * and its second matrices of all layers {@code [layers, out, rank]} (bfloat16). Result: {@code
   * [length, out]} in float32.
   */
  public static Kernel adapted(Sizes sizes, Adapter adapter, Tuning tuning) {
    return new PromptProjectionKernel("prompt_projection_adapted", sizes, tuning).plain(adapter);
  }

  /**
   * Arguments: as {@link #plain}, then the residual {@code [length, out]}, the next layer {@code
   * []} (int32), the next norm's weights of all layers {@code [layers, out]}. Results: residual +
   * product {@code [length, out]} in float32, the same times the next norm's weight in bfloat16,
   * its sums of squares {@code [}{@link #pieces}{@code , length]}.
   */
  public static Kernel residual(Sizes sizes, Tuning tuning) {
    return new PromptProjectionKernel("prompt_projection_residual", sizes, tuning).residual();
  }

  /** Pieces in which {@link #residual} leaves sums of squares. */
  public static int pieces(Sizes sizes, Tuning tuning) {
    return Grid.blocks(sizes.out(), tuning.rows());
  }

  /** Shared memory that a program's loads in flight take, in bytes. */
  static int sharedBytes(Sizes sizes, Tuning tuning) {
    int columns = PowersOfTwo.dividing(sizes.in(), tuning.columns());
    return (tuning.positions() + tuning.rows()) * columns * Short.BYTES * tuning.stages();
  }

  /** The first arguments of each kernel. */
  private record Factors(Tile layer, Tile x, Tile squares, Tile weight) {
    static Factors arguments(KernelBuilder k) {
      return new Factors(
          k.convert(k.load(k.argument(Element.I32_POINTER)), Element.I64),
          k.argument(Element.BF16_POINTER),
          k.argument(Element.F32_POINTER),
          k.argument(Element.BF16_POINTER));
    }
  }

  /** What a program works on; masks are null where blocks divide the sizes. */
  private record Block(
      Tile positions, Tile rows, @Nullable Tile inPositions, @Nullable Tile inRows) {}

  private Kernel plain(@Nullable Adapter adapter) {
    Factors factors = Factors.arguments(k);
    @Nullable Tile inner = adapter == null ? null : k.argument(Element.F32_POINTER);
    @Nullable Tile up = adapter == null ? null : k.argument(Element.BF16_POINTER);
    Tile out = k.argument(Element.F32_POINTER);
    Block block = block();
    Tile scaled = normed(factors, block);
    if (adapter != null && inner != null && up != null) {
      scaled = adapted(adapter, factors.layer(), block, inner, up, scaled);
    }
    k.store(k.at(out, places(block)), scaled, mask(block));
    return built();
  }

  private Tile adapted(
      Adapter adapter, Tile layer, Block block, Tile inner, Tile up, Tile product) {
    int rank = adapter.rank();
    Tile ranks = k.range(PowersOfTwo.atLeast(Math.max(KernelBuilder.LEAST_OF_DOT, rank)));
    Tile inRanks = k.row(k.less(ranks, rank));
    Tile innerPlaces = k.add(k.column(k.multiply(block.positions(), rank)), k.row(ranks));
    Tile innerMask = Masks.both(k, inRanks, Masks.column(k, block.inPositions()));
    Tile first = k.multiply(k.load(k.at(inner, innerPlaces), innerMask), adapter.scaling());
    Tile ofLayer = k.at(up, k.multiply(layer, (double) sizes.out() * rank));
    Tile upPlaces = k.add(k.column(k.multiply(block.rows(), rank)), k.row(ranks));
    Tile second =
        k.load(k.at(ofLayer, upPlaces), Masks.both(k, inRanks, Masks.column(k, block.inRows())));
    return k.dot(k.convert(first, Element.BF16), k.transposed(second), product);
  }

  private Kernel residual() {
    Factors factors = Factors.arguments(k);
    Tile before = k.argument(Element.F32_POINTER);
    Tile next = k.load(k.argument(Element.I32_POINTER));
    Tile norms = k.argument(Element.F32_POINTER);
    Tile out = k.argument(Element.F32_POINTER);
    Tile scaled = k.argument(Element.BF16_POINTER);
    Tile squares = k.argument(Element.F32_POINTER);
    Block block = block();
    Tile places = places(block);
    @Nullable Tile mask = mask(block);
    Tile ofNext = k.at(norms, k.multiply(next, sizes.out()));
    Tile norm = k.load(k.at(ofNext, block.rows()), block.inRows());
    Tile product = normed(factors, block);
    Tile after = k.add(k.load(k.at(before, places), mask), product);
    k.store(k.at(out, places), after, mask);
    k.store(k.at(scaled, places), k.multiply(after, k.row(norm)), mask);
    Tile piece = k.add(k.multiply(k.program(1), sizes.length()), block.positions());
    k.store(k.at(squares, piece), k.sum(k.multiply(after, after), 1), block.inPositions());
    return built();
  }

  private Kernel built() {
    return k.build(
        new Kernel.Launch(
            Grid.blocks(sizes.length(), tuning.positions()),
            Grid.blocks(sizes.out(), tuning.rows()),
            tuning.warps(),
            tuning.stages()));
  }

  private Block block() {
    Tile positions = numbers(0, tuning.positions());
    Tile rows = numbers(1, tuning.rows());
    return new Block(
        positions,
        rows,
        sizes.length() % tuning.positions() == 0 ? null : k.less(positions, sizes.length()),
        sizes.out() % tuning.rows() == 0 ? null : k.less(rows, sizes.out()));
  }

  private Tile numbers(int axis, int count) {
    return k.add(k.multiply(k.program(axis), count), k.range(count));
  }

  private Tile places(Block block) {
    return k.add(k.column(k.multiply(block.positions(), sizes.out())), k.row(block.rows()));
  }

  private @Nullable Tile mask(Block block) {
    @Nullable Tile positions = Masks.column(k, block.inPositions());
    return Masks.both(k, Masks.row(k, block.inRows()), positions);
  }

  /** {@code rms(x) weight^T}, {@code [positions, rows]}. */
  private Tile normed(Factors factors, Block block) {
    // before the product, after which registers are few
    Tile scale = k.column(scale(factors, block));
    return k.multiply(product(factors, block), scale);
  }

  /** {@code x weight^T}, {@code [positions, rows]}. */
  private Tile product(Factors factors, Block block) {
    int columns = PowersOfTwo.dividing(sizes.in(), tuning.columns());
    Tile matrix =
        k.at(factors.weight(), k.multiply(factors.layer(), (double) sizes.out() * sizes.in()));
    Tile xStarts = k.column(k.multiply(block.positions(), sizes.in()));
    Tile weightStarts = k.column(k.multiply(block.rows(), sizes.in()));
    @Nullable Tile inPositions = Masks.column(k, block.inPositions());
    @Nullable Tile inRows = Masks.column(k, block.inRows());
    return k.loop(
        sizes.in() / columns,
        k.full(0, tuning.positions(), tuning.rows()),
        (round, sum) -> {
          Tile places = k.row(k.add(k.multiply(round, columns), k.range(columns)));
          Tile x = k.load(k.at(factors.x(), k.add(xStarts, places)), inPositions);
          Tile weight = k.load(k.at(matrix, k.add(weightStarts, places)), inRows);
          return k.dot(x, k.transposed(weight), sum);
        });
  }

  /** {@code 1 / sqrt(mean of squares + eps)} of each position. */
  private Tile scale(Factors factors, Block block) {
    Tile pieces = k.range(PowersOfTwo.atLeast(sizes.pieces()));
    Tile places = k.add(k.column(k.multiply(pieces, sizes.length())), k.row(block.positions()));
    Tile inPieces = k.column(k.less(pieces, sizes.pieces()));
    @Nullable Tile inPositions = Masks.row(k, block.inPositions());
    Tile squares = k.load(k.at(factors.squares(), places), Masks.both(k, inPieces, inPositions));
    return k.rsqrt(k.add(k.divide(k.sum(squares, 0), sizes.in()), sizes.eps()));
  }
}
