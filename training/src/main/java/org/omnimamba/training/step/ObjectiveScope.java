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
  private final FunctionScope scope;
  private final BlockContext parameters;
  private final @Nullable StepRandom random;
  private final Share share;
  private final Map<String, ObjectiveInput> inputs = new LinkedHashMap<>();

  /**
   * Which of a batch's rows the objective sees.
   *
   * @param count even shares of the batch
   * @param index of this one, {@code [1]}; null where there is one
   */
  record Share(int count, @Nullable Operand<TInt64> index) {
    static final Share WHOLE = new Share(1, null);
  }

  /**
   * @param seed {@code [2]}: the run's seed and the number of the micro-batch; null when nothing is
   *     trained
   */
  ObjectiveScope(FunctionScope scope, BlockContext parameters, @Nullable Operand<TInt64> seed) {
    this(scope, parameters, seed == null ? null : new StepRandom(scope.tf(), seed), Share.WHOLE);
  }

  /**
   * @param random null when nothing is trained
   */
  ObjectiveScope(
      FunctionScope scope, BlockContext parameters, @Nullable StepRandom random, Share share) {
    this.scope = scope;
    this.parameters = parameters;
    this.random = random;
    this.share = share;
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
    return random != null;
  }

  /**
   * Declares an input of floats.
   *
   * @param name the array's name in the batch
   * @param shape fully known
   */
  public Operand<TFloat32> floats(String name, Shape shape) {
    return input(name, TFloat32.class, ElementType.F32, shape, false);
  }

  /** Declares an input of ids or labels. */
  public Operand<TInt64> longs(String name, Shape shape) {
    return input(name, TInt64.class, ElementType.I64, shape, false);
  }

  /**
   * Declares an input of ids or labels that is given with all rows of the batch, also where the
   * objective sees a share of them: for what has to be known of the whole batch.
   *
   * @param shape of the share
   * @return {@code shape}, with the rows of all shares along the first axis
   */
  public Operand<TInt64> longsOfAllRows(String name, Shape shape) {
    return input(name, TInt64.class, ElementType.I64, allRows(shape), true);
  }

  /**
   * This share's part of something that all rows of the batch have.
   *
   * @param all the rows, or several places of each, along the first axis
   */
  public <T extends TType> Operand<T> ownRows(Operand<T> all) {
    Operand<TInt64> index = share.index();
    if (index == null) {
      return all;
    }
    long[] sizes = all.shape().asArray();
    long[] parted = new long[sizes.length + 1];
    System.arraycopy(sizes, 0, parted, 1, sizes.length);
    parted[0] = share.count();
    parted[1] = sizes[0] / share.count();
    sizes[0] = parted[1];
    Ops tf = tf();
    return tf.reshape(
        tf.gather(tf.reshape(all, tf.constant(parted)), index, tf.constant(0)), tf.constant(sizes));
  }

  /** How many shares each batch has; 1 where the objective sees all rows. */
  public int shares() {
    return share.count();
  }

  private Shape allRows(Shape own) {
    long[] sizes = own.asArray();
    if (share.count() > 1) {
      sizes[0] *= share.count();
    }
    return Shape.of(sizes);
  }

  /** Declares an input of bytes, such as pixels. */
  public Operand<TUint8> bytes(String name, Shape shape) {
    return input(name, TUint8.class, ElementType.U8, shape, false);
  }

  private <T extends TType> Operand<T> input(
      String name, Class<T> type, ElementType element, Shape shape, boolean allRows) {
    if (inputs.put(name, new ObjectiveInput(element, allRows)) != null) {
      throw new IllegalArgumentException("the objective declares the input '" + name + "' twice");
    }
    return scope.input(type, shape);
  }

  /**
   * Uniform random numbers in [0, 1), other ones at each call and in each step. A share of the
   * batch gets those of its rows, the same that they would have without shares.
   *
   * @param shape the first axis is of rows, or of several places of each
   * @throws IllegalStateException if this is not a training step
   */
  public Operand<TFloat32> uniform(Shape shape) {
    return ownRows(
        tf().random.statelessRandomUniform(sizes(allRows(shape)), nextSeed(), TFloat32.class));
  }

  /**
   * Normal random numbers of mean 0 and deviation 1; see {@link #uniform}.
   *
   * @throws IllegalStateException if this is not a training step
   */
  public Operand<TFloat32> normal(Shape shape) {
    return ownRows(
        tf().random.statelessRandomNormal(sizes(allRows(shape)), nextSeed(), TFloat32.class));
  }

  private Operand<TInt32> nextSeed() {
    if (random == null) {
      throw new IllegalStateException("random numbers are for training steps only");
    }
    return random.next();
  }

  private Operand<TInt32> sizes(Shape shape) {
    int[] sizes = new int[shape.numDimensions()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Math.toIntExact(shape.get(i));
    }
    return tf().constant(sizes);
  }

  /** Inputs in the order of their declaration. */
  Map<String, ObjectiveInput> inputs() {
    return inputs;
  }
}
