package org.omnimamba.training.step;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/** What an {@link Objective} builds with. */
public final class ObjectiveScope {
  /** Odd, so that draws of one step never share a seed. */
  private static final long DRAW_STRIDE = 0x9E3779B9L;

  private final FunctionScope scope;
  private final BlockContext parameters;
  private final @Nullable Operand<TInt64> seed;
  private final Map<String, ElementType> inputs = new LinkedHashMap<>();
  private int draws;

  /**
   * @param seed {@code [2]}: the run's seed and the number of the micro-batch; null when nothing is
   *     trained
   */
  ObjectiveScope(FunctionScope scope, BlockContext parameters, @Nullable Operand<TInt64> seed) {
    this.scope = scope;
    this.parameters = parameters;
    this.seed = seed;
  }

  public Ops tf() {
    return scope.tf();
  }

  /**
   * The parameters, trainable and frozen alike, by their checkpoint names. The context is at the
   * checkpoint's root; its products are in the precision of the run.
   */
  public BlockContext parameters() {
    return parameters;
  }

  /**
   * Whether this is a training step; if not, there is no dropout and no augmentation, and random
   * numbers must not be asked for.
   */
  public boolean training() {
    return seed != null;
  }

  /**
   * Declares an input of floats.
   *
   * @param name the array's name in the batch
   * @param shape fully known
   */
  public Operand<TFloat32> floats(String name, Shape shape) {
    return input(name, TFloat32.class, ElementType.F32, shape);
  }

  /** Declares an input of ids or labels. */
  public Operand<TInt64> longs(String name, Shape shape) {
    return input(name, TInt64.class, ElementType.I64, shape);
  }

  /** Declares an input of bytes, such as pixels. */
  public Operand<TUint8> bytes(String name, Shape shape) {
    return input(name, TUint8.class, ElementType.U8, shape);
  }

  private <T extends TType> Operand<T> input(
      String name, Class<T> type, ElementType element, Shape shape) {
    if (inputs.put(name, element) != null) {
      throw new IllegalArgumentException("the objective declares the input '" + name + "' twice");
    }
    return scope.input(type, shape);
  }

  /**
   * Uniform random numbers in [0, 1), other ones at each call and in each step.
   *
   * @throws IllegalStateException if this is not a training step
   */
  public Operand<TFloat32> uniform(Shape shape) {
    return tf().random.statelessRandomUniform(sizes(shape), nextSeed(), TFloat32.class);
  }

  /**
   * Normal random numbers of mean 0 and deviation 1; see {@link #uniform}.
   *
   * @throws IllegalStateException if this is not a training step
   */
  public Operand<TFloat32> normal(Shape shape) {
    return tf().random.statelessRandomNormal(sizes(shape), nextSeed(), TFloat32.class);
  }

  private Operand<TInt32> nextSeed() {
    if (seed == null) {
      throw new IllegalStateException("random numbers are for training steps only");
    }
    long draw = draws++ * DRAW_STRIDE;
    // XLA wants int32 here; the cast keeps the low bits
    return tf().dtypes.cast(tf().math.add(seed, tf().constant(new long[] {draw, 0})), TInt32.class);
  }

  private Operand<TInt32> sizes(Shape shape) {
    int[] sizes = new int[shape.numDimensions()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Math.toIntExact(shape.get(i));
    }
    return tf().constant(sizes);
  }

  /** Inputs in the order of their declaration. */
  Map<String, ElementType> inputs() {
    return inputs;
  }
}
