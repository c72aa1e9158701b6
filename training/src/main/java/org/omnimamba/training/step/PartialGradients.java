package org.omnimamba.training.step;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Gradients that come together from several parts of a backward pass. */
final class PartialGradients {
  private final Ops tf;
  private final Graph graph;
  private final Set<Output<?>> targets;
  private final Map<Output<?>, Operand<TFloat32>> sums = new LinkedHashMap<>();

  /**
   * @param targets of which gradients are wanted from every part
   */
  PartialGradients(Ops tf, List<Output<?>> targets) {
    this.tf = tf;
    this.graph = (Graph) tf.scope().env();
    this.targets = new LinkedHashSet<>(targets);
  }

  /** Whether a value is a target; a parameter that is frozen is not. */
  boolean wants(Output<?> value) {
    return targets.contains(value);
  }

  /** Adds the gradients of a loss, as far as the targets. */
  void add(Output<TFloat32> loss) {
    add(loss, null, toTargets());
  }

  /**
   * Adds the gradients of a value.
   *
   * @param entering the value's own gradient; null for a loss
   * @param counted of what gradients are taken, and for which target or other value each counts
   */
  void add(
      Output<TFloat32> value,
      @Nullable Output<TFloat32> entering,
      Map<Output<?>, Output<?>> counted) {
    Output<?>[] reached = reached(value, counted.keySet()).toArray(new Output<?>[0]);
    if (reached.length == 0) {
      return;
    }
    Output<?>[] gradients =
        entering == null
            ? graph.addGradients(value, reached)
            : graph.addGradients(
                null, new Output<?>[] {value}, reached, new Output<?>[] {entering});
    for (int i = 0; i < reached.length; i++) {
      add(Objects.requireNonNull(counted.get(reached[i])), gradients[i].expect(TFloat32.class));
    }
  }

  private void add(Output<?> target, Operand<TFloat32> gradient) {
    sums.merge(target, gradient, (left, right) -> tf.math.add(left, right));
  }

  private Map<Output<?>, Output<?>> toTargets() {
    Map<Output<?>, Output<?>> themselves = new LinkedHashMap<>();
    targets.forEach(target -> themselves.put(target, target));
    return themselves;
  }

  /** Adds a gradient of a target, or lets that of another value flow on to the targets. */
  void pass(Output<TFloat32> value, Output<TFloat32> gradient) {
    if (wants(value)) {
      add(value, gradient);
    } else {
      add(value, gradient, toTargets());
    }
  }

  /** Removes the sum for a target; null if nothing came. */
  @Nullable Operand<TFloat32> take(Output<?> target) {
    return sums.remove(target);
  }

  /** Those that a value depends on, not counting what lies behind another one. */
  private static List<Output<?>> reached(Output<?> value, Set<Output<?>> wanted) {
    Set<Output<?>> found = new HashSet<>();
    Set<GraphOperation> seen = new HashSet<>();
    Deque<Output<?>> open = new ArrayDeque<>(List.of(value));
    while (!open.isEmpty()) {
      Output<?> next = open.pop();
      if (wanted.contains(next)) {
        found.add(next);
      } else if (next.op() instanceof GraphOperation operation && seen.add(operation)) {
        operation.inputs().forEach(input -> open.push(input.asOutput()));
      }
    }
    List<Output<?>> ordered = new ArrayList<>(wanted);
    ordered.retainAll(found);
    return ordered;
  }
}
