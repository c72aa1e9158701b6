package org.omnimamba.model.runtime.language;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.mamba.TaskLora;
import org.omnimamba.model.kernel.ActivationKernel;
import org.omnimamba.model.kernel.LayerSizes;
import org.omnimamba.model.kernel.ProjectionKernel;
import org.omnimamba.model.kernel.StateKernel;
import org.omnimamba.model.kernel.StepTuning;
import org.omnimamba.model.kernel.tile.Kernel;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * All layers of a step on a window of slots, as three or four hand-written kernels each (see {@link
 * org.omnimamba.model.kernel}). Same values as {@link org.omnimamba.model.graph.mamba.Backbone}
 * within bfloat16's rounding; sequences of either task share the rows.
 *
 * <p>The kernels change the states in place, of which XLA knows nothing: to it, the states are
 * inputs. What keeps the order is that each kernel takes what the one before it gave.
 */
final class KernelLayers {
  private final FunctionScope scope;
  private final Ops tf;
  private final LayerCalls calls;
  private final LanguageModelConfig config;
  private final StateTable table;
  private final Operand<TInt64> first;
  private final Operand<TFloat32> active;
  private final Operand<TFloat32> drawing;
  private final LayerSizes sizes;
  private final StepTuning tuning;
  private final ProjectionKernel.Sizes inSizes;
  private final ProjectionKernel.Sizes outSizes;
  private final Kernel in;
  private final @Nullable Kernel activation;
  private final Kernel state;
  private final Kernel out;

  KernelLayers(
      FunctionScope scope,
      LanguageParameters parameters,
      StateTable table,
      WindowInputs.Operands inputs,
      StepTuning tuning) {
    this.scope = scope;
    this.tf = scope.tf();
    this.config = table.config();
    this.table = table;
    // once: each of these adds operations
    this.first = inputs.first();
    this.active = inputs.active();
    this.drawing = inputs.drawing();
    this.sizes = new LayerSizes(config, (int) drawing.shape().get(0));
    this.calls = new LayerCalls(scope, parameters, config, sizes.batch());
    this.tuning = tuning;
    this.outSizes = outSizes();
    this.inSizes = inSizes();
    this.in = ProjectionKernel.plain(inSizes, tuning.in());
    ActivationKernel.Tuning before = tuning.activation();
    this.activation = before == null ? null : ActivationKernel.of(sizes, table.rows(), before);
    this.state =
        before == null
            ? StateKernel.of(sizes, table.rows(), table.ssmPointer(), tuning.state())
            : StateKernel.activated(sizes, table.rows(), table.ssmPointer(), tuning.state());
    this.out = ProjectionKernel.residual(outSizes, tuning.out());
  }

  /** Pieces in which a stream has its sums of squares. */
  int pieces() {
    return inSizes.pieces();
  }

  /**
   * Adds all layers.
   *
   * @param positions tokens that each row has seen, {@code [batch]}
   * @return the stream after the last layer; scaled with the final norm's weight
   */
  KernelStream apply(KernelStream first, Operand<TInt64> positions) {
    KernelStream stream = first;
    for (int layer = 0; layer < config.layers(); layer++) {
      stream = layer(stream, positions, layer);
    }
    return stream;
  }

  private ProjectionKernel.Sizes inSizes() {
    return new ProjectionKernel.Sizes(
        sizes.batch(),
        config.dModel(),
        sizes.projected(),
        ProjectionKernel.pieces(outSizes, tuning.out()),
        config.rmsNormEps(),
        config.lora().rank());
  }

  private ProjectionKernel.Sizes outSizes() {
    return new ProjectionKernel.Sizes(
        sizes.batch(),
        config.dInner(),
        config.dModel(),
        StateKernel.pieces(sizes, tuning.state()),
        config.rmsNormEps(),
        0);
  }

  private KernelStream layer(KernelStream stream, Operand<TInt64> positions, int layer) {
    Output<?> number = tf.constant(layer).asOutput();
    Output<?> projected =
        scope
            .kernel(
                in,
                List.of(
                    number,
                    stream.scaled(),
                    stream.squares(),
                    calls.stacked("mixer.in_proj.weight"),
                    calls.stacked("mixer.in_proj." + TaskLora.downName(Task.MMU)),
                    calls.stacked("mixer.in_proj." + TaskLora.downName(Task.T2I))),
                List.of(calls.values(ElementType.F32, sizes.projectedWithAdapters())))
            .get(0);
    List<Output<?>> gated =
        scope.kernel(
            state,
            activation == null
                ? stateOperands(number, projected, positions)
                : activatedOperands(
                    number, activated(activation, number, projected, positions), projected),
            List.of(
                calls.values(ElementType.BF16, config.dInner()), calls.squares(outSizes.pieces())));
    return calls.end(out, layer, number, gated, stream, inSizes.pieces());
  }

  /** Everything between the two projections. */
  private List<Output<?>> stateOperands(
      Output<?> layer, Output<?> projected, Operand<TInt64> positions) {
    return List.of(
        layer,
        projected,
        up(Task.MMU),
        up(Task.T2I),
        drawing.asOutput(),
        calls.stacked("mixer.conv1d.weight"),
        calls.stacked("mixer.conv1d.bias"),
        calls.stacked("mixer.dt_bias"),
        calls.stacked("mixer.A_log"),
        calls.stacked("mixer.D"),
        calls.stacked("mixer.norm.weight"),
        first.asOutput(),
        positions.asOutput(),
        active.asOutput(),
        scope.read(table.conv()).asOutput(),
        scope.read(table.ssm()).asOutput());
  }

  private Output<?> activated(
      Kernel kernel, Output<?> layer, Output<?> projected, Operand<TInt64> positions) {
    return scope
        .kernel(
            kernel,
            List.of(
                layer,
                projected,
                up(Task.MMU),
                up(Task.T2I),
                drawing.asOutput(),
                calls.stacked("mixer.conv1d.weight"),
                calls.stacked("mixer.conv1d.bias"),
                calls.stacked("mixer.dt_bias"),
                first.asOutput(),
                positions.asOutput(),
                active.asOutput(),
                scope.read(table.conv()).asOutput()),
            List.of(calls.values(ElementType.F32, ActivationKernel.width(config))))
        .get(0);
  }

  private List<Output<?>> activatedOperands(
      Output<?> layer, Output<?> values, Output<?> projected) {
    return List.of(
        layer,
        values,
        projected,
        up(Task.MMU),
        up(Task.T2I),
        drawing.asOutput(),
        calls.stacked("mixer.A_log"),
        calls.stacked("mixer.D"),
        calls.stacked("mixer.norm.weight"),
        first.asOutput(),
        active.asOutput(),
        scope.read(table.ssm()).asOutput());
  }

  /** Second matrices of a task's adapters. */
  private Output<?> up(Task task) {
    return calls.stacked("mixer.in_proj." + TaskLora.upName(task));
  }
}
