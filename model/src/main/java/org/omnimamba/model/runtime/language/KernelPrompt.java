package org.omnimamba.model.runtime.language;

import java.util.List;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.device.TensorSpec;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.mamba.TaskLora;
import org.omnimamba.model.kernel.LayerSizes;
import org.omnimamba.model.kernel.PromptConvKernel;
import org.omnimamba.model.kernel.PromptOutputKernel;
import org.omnimamba.model.kernel.PromptProjectionKernel;
import org.omnimamba.model.kernel.PromptProjectionKernel.Adapter;
import org.omnimamba.model.kernel.PromptStateKernel;
import org.omnimamba.model.kernel.PromptTuning;
import org.omnimamba.model.kernel.tile.Kernel;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * All layers of a prompt's piece, as six hand-written kernels each (see {@link
 * org.omnimamba.model.kernel}). Same values as {@link org.omnimamba.model.graph.mamba.Backbone}
 * within bfloat16's rounding. As in {@link KernelLayers}, the states change in place, unseen by
 * XLA.
 */
final class KernelPrompt {
  private final FunctionScope scope;
  private final LayerCalls calls;
  private final LanguageModelConfig config;
  private final StateTable table;
  private final Task task;
  private final Inputs inputs;
  private final LayerSizes sizes;
  private final PromptProjectionKernel.Sizes inSizes;
  private final PromptProjectionKernel.Sizes outSizes;
  private final int chunks;
  private final Kernel adapter;
  private final Kernel in;
  private final Kernel conv;
  private final Kernel states;
  private final Kernel outputs;
  private final Kernel out;

  /**
   * Where a piece starts and ends; each is {@code [1]}.
   *
   * @param count positions that count; padding follows
   * @param from row of the states before the piece
   * @param to row that gets the states after the piece
   * @param seen tokens seen before the piece
   */
  record Inputs(
      Operand<TInt64> count, Operand<TInt64> from, Operand<TInt64> to, Operand<TInt64> seen) {}

  KernelPrompt(
      FunctionScope scope,
      LanguageParameters parameters,
      StateTable table,
      Task task,
      int length,
      Inputs inputs) {
    this.scope = scope;
    this.config = table.config();
    this.table = table;
    this.task = task;
    this.inputs = inputs;
    this.sizes = new LayerSizes(config, length);
    this.calls = new LayerCalls(scope, parameters, config, length);
    PromptTuning tuning = PromptTuning.of(sizes);
    float eps = config.rmsNormEps();
    int gatedPieces = PromptOutputKernel.pieces(sizes, tuning.outputs());
    this.outSizes =
        new PromptProjectionKernel.Sizes(
            length, config.dInner(), config.dModel(), gatedPieces, eps);
    int pieces = PromptProjectionKernel.pieces(outSizes, tuning.out());
    int rank = config.lora().rank();
    this.inSizes =
        new PromptProjectionKernel.Sizes(length, config.dModel(), sizes.projected(), pieces, eps);
    PromptProjectionKernel.Sizes adapterSizes =
        new PromptProjectionKernel.Sizes(length, config.dModel(), rank, pieces, eps);
    this.adapter = PromptProjectionKernel.plain(adapterSizes, tuning.adapter());
    this.in =
        PromptProjectionKernel.adapted(
            inSizes, new Adapter(rank, config.lora().scaling()), tuning.in());
    this.conv = PromptConvKernel.of(sizes, table.rows(), tuning.conv());
    this.states = PromptStateKernel.of(sizes, table.rows(), table.ssmPointer(), tuning.states());
    this.outputs = PromptOutputKernel.of(sizes, tuning.outputs());
    this.chunks = PromptStateKernel.chunks(sizes, tuning.states());
    this.out = PromptProjectionKernel.residual(outSizes, tuning.out());
  }

  /**
   * Adds all layers.
   *
   * @param embeddings positions applied, {@code [length, dModel]}
   * @return the residual after the last layer, {@code [length, dModel]}
   */
  Operand<TFloat32> apply(BlockContext context, Operand<TFloat32> embeddings) {
    KernelStream stream = KernelStream.of(scope.tf(), context, embeddings, inSizes.pieces());
    for (int layer = 0; layer < config.layers(); layer++) {
      stream = layer(stream, layer);
    }
    return stream.residual().expect(TFloat32.class);
  }

  private KernelStream layer(KernelStream stream, int layer) {
    Output<?> number = scope.tf().constant(layer).asOutput();
    Output<?> projected = projected(stream, number);
    Output<?> ring = scope.read(table.conv()).asOutput();
    Output<?> convolved =
        scope
            .kernel(
                conv,
                List.of(
                    number,
                    projected,
                    calls.stacked("mixer.conv1d.weight"),
                    calls.stacked("mixer.conv1d.bias"),
                    inputs.from().asOutput(),
                    inputs.seen().asOutput(),
                    ring),
                List.of(calls.values(ElementType.F16, config.convDim())))
            .get(0);
    Output<?> before =
        scope
            .kernel(
                states,
                List.of(
                    number,
                    projected,
                    convolved,
                    calls.stacked("mixer.dt_bias"),
                    calls.stacked("mixer.A_log"),
                    inputs.count().asOutput(),
                    inputs.from().asOutput(),
                    inputs.to().asOutput(),
                    inputs.seen().asOutput(),
                    ring,
                    scope.read(table.ssm()).asOutput()),
                List.of(
                    new TensorSpec(
                        ElementType.F16,
                        Shape.of(chunks, config.heads(), config.dState(), config.headDim()))))
            .get(0);
    List<Output<?>> gated =
        scope.kernel(
            outputs,
            List.of(
                number,
                projected,
                convolved,
                calls.stacked("mixer.dt_bias"),
                calls.stacked("mixer.A_log"),
                calls.stacked("mixer.D"),
                calls.stacked("mixer.norm.weight"),
                before),
            List.of(
                calls.values(ElementType.BF16, config.dInner()), calls.squares(outSizes.pieces())));
    return calls.end(out, layer, number, gated, stream, inSizes.pieces());
  }

  /** {@code in_proj} with the task's adapter. */
  private Output<?> projected(KernelStream stream, Output<?> layer) {
    Output<?> inner =
        scope
            .kernel(
                adapter,
                List.of(
                    layer,
                    stream.scaled(),
                    stream.squares(),
                    calls.stacked("mixer.in_proj." + TaskLora.downName(task))),
                List.of(calls.values(ElementType.F32, config.lora().rank())))
            .get(0);
    return scope
        .kernel(
            in,
            List.of(
                layer,
                stream.scaled(),
                stream.squares(),
                calls.stacked("mixer.in_proj.weight"),
                inner,
                calls.stacked("mixer.in_proj." + TaskLora.upName(task))),
            List.of(calls.values(ElementType.F32, sizes.projected())))
        .get(0);
  }
}
