package org.omnimamba.training.step;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.Segments;
import org.omnimamba.training.step.TrainableParameters.FunctionParameters;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Keeps of a stack of layers what is between its segments only (Chen et al., arXiv 1604.06174). The
 * backward pass goes through the segments from the last one to the first, adds each once more, from
 * what was in front of it, and takes the gradients of that copy. So the activations of one segment
 * at a time are in memory. The copy waits for the gradient that enters it; it could otherwise be
 * computed early, or be found to be what was computed already.
 */
final class Recomputation implements Segments {
  private final FunctionScope scope;
  private final FunctionParameters parameters;
  private final StepRandom random;
  private final int layers;
  private final List<Segment> segments = new ArrayList<>();

  /**
   * A segment as the forward pass added it.
   *
   * @param draws of random numbers before it
   * @param end what later layers see of its result; no gradient flows back through it by itself
   */
  private record Segment(
      Output<TFloat32> input,
      UnaryOperator<Operand<TFloat32>> layers,
      int draws,
      Output<TFloat32> end) {}

  /**
   * @param layers of a segment, at least 1
   */
  Recomputation(FunctionScope scope, FunctionParameters parameters, StepRandom random, int layers) {
    this.scope = scope;
    this.parameters = parameters;
    this.random = random;
    this.layers = layers;
  }

  @Override
  public int layers() {
    return layers;
  }

  @Override
  public Operand<TFloat32> add(Operand<TFloat32> input, UnaryOperator<Operand<TFloat32>> segment) {
    int draws = random.draws();
    Output<TFloat32> end = scope.tf().stopGradient(segment.apply(input)).asOutput();
    segments.add(new Segment(input.asOutput(), segment, draws, end));
    return end;
  }

  /** Where gradients stop until {@link #backward}. */
  List<Output<?>> ends() {
    return new ArrayList<>(segments.stream().map(Segment::end).toList());
  }

  /**
   * Takes gradients back through all segments.
   *
   * @param gradients has those of the {@link #ends} that the loss sees
   */
  void backward(PartialGradients gradients) {
    for (int i = segments.size() - 1; i >= 0; i--) {
      Segment segment = segments.get(i);
      Operand<TFloat32> entering = gradients.take(segment.end());
      if (entering != null) {
        backward(segment, entering.asOutput(), gradients);
      }
    }
  }

  /**
   * The copy's gradients are taken with respect to values that are new in the graph: the original
   * ones also lead to the gradient that it waits for.
   */
  private void backward(Segment segment, Output<TFloat32> entering, PartialGradients gradients) {
    List<Output<?>> copies =
        scope.after(entering, List.of(segment.input(), random.seed().asOutput()));
    Output<TFloat32> input = copies.get(0).expect(TFloat32.class);
    Output<TInt64> seed = copies.get(1).expect(TInt64.class);
    List<Output<TFloat32>> end = new ArrayList<>();
    Map<Output<?>, Output<?>> counted = new LinkedHashMap<>();
    parameters
        .copying(
            () ->
                end.add(
                    random.again(
                        segment.draws(), seed, () -> segment.layers().apply(input).asOutput())))
        .forEach(
            (original, copy) -> {
              if (gradients.wants(original)) {
                counted.put(copy, original);
              }
            });
    counted.put(input, input);
    gradients.add(end.get(0), copies.get(2).expect(TFloat32.class), counted);
    Operand<TFloat32> leaving = gradients.take(input);
    if (leaving != null) {
      gradients.pass(segment.input(), leaving.asOutput());
    }
  }
}
