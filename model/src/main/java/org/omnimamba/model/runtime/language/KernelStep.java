package org.omnimamba.model.runtime.language;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.device.TensorSpec;
import org.omnimamba.model.graph.mamba.TiedHeads;
import org.omnimamba.model.graph.mamba.TokenEmbeddings;
import org.omnimamba.model.kernel.DrawKernel;
import org.omnimamba.model.kernel.EmbeddingKernel;
import org.omnimamba.model.kernel.LayerSizes;
import org.omnimamba.model.kernel.ProjectionKernel;
import org.omnimamba.model.kernel.StepTuning;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.Kernel;
import org.omnimamba.model.kernel.tile.PowersOfTwo;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * A step made of hand-written kernels (see {@link org.omnimamba.model.kernel}): embedding, layers,
 * heads and draw. Same values as {@link XlaStep} within bfloat16's rounding; sequences of either
 * task share the rows.
 */
final class KernelStep implements WindowStep {
  /** What the matrix units take at once of the axis that is summed. */
  private static final int LEAST_COLUMNS = 16;

  /** Rows of a step that the kernels are tuned for, at most. */
  static final int LARGEST_BATCH = 128;

  private final FunctionScope scope;
  private final LanguageParameters parameters;
  private final LanguageModelConfig config;
  private final WindowInputs.Operands inputs;
  private final List<Task> tasks;
  private final int batch;
  private final LayerCalls calls;
  private final KernelLayers layers;
  private final StepTuning tuning;
  private final Kernel embedding;
  private final List<Kernel> heads = new ArrayList<>();
  private final Kernel draw;
  private final Operand<TFloat32> drawing;
  private final Operand<TFloat32> temperatures;

  /**
   * @param tasks that rows can have; with two, {@link Task#MMU} comes first
   */
  KernelStep(
      FunctionScope scope,
      LanguageParameters parameters,
      StateTable table,
      WindowInputs.Operands inputs,
      List<Task> tasks) {
    this.scope = scope;
    this.parameters = parameters;
    this.config = table.config();
    this.inputs = inputs;
    this.tasks = tasks;
    // once: each of these adds operations
    this.drawing = inputs.drawing();
    this.temperatures = inputs.temperatures();
    this.batch = (int) drawing.shape().get(0);
    this.tuning = StepTuning.of(new LayerSizes(config, batch));
    this.calls = new LayerCalls(scope, parameters, config, batch);
    this.layers = new KernelLayers(scope, parameters, table, inputs, tuning);
    this.embedding =
        EmbeddingKernel.of(
            new EmbeddingKernel.Sizes(batch, config.dModel(), tuning.out().rows()),
            tasks.stream().map(this::tables).toList());
    for (Task task : tasks) {
      heads.add(ProjectionKernel.logits(headSizes(task), tuning.head()));
    }
    this.draw =
        DrawKernel.of(
            batch, tasks.stream().map(config::outputVocabSize).toList(), tuning.head().rows());
  }

  /** Whether the kernels can have these sizes: tiles have powers of two as sizes. */
  static boolean supports(LanguageModelConfig config) {
    return PowersOfTwo.is(config.dState())
        && PowersOfTwo.is(config.headDim())
        && PowersOfTwo.is(config.dConv())
        && PowersOfTwo.is(config.lora().rank())
        && Stream.of(config.dState(), config.headDim(), config.dModel(), config.dInner())
            .allMatch(size -> size % LEAST_COLUMNS == 0);
  }

  private EmbeddingKernel.Tables tables(Task task) {
    return switch (task) {
      case MMU -> new EmbeddingKernel.Tables(Element.BF16_POINTER, config.mmuPositions());
      case T2I -> new EmbeddingKernel.Tables(Element.F32_POINTER, config.t2iPositions());
    };
  }

  private ProjectionKernel.Sizes headSizes(Task task) {
    return new ProjectionKernel.Sizes(
        batch,
        config.dModel(),
        config.outputVocabSize(task),
        layers.pieces(),
        config.rmsNormEps(),
        0);
  }

  @Override
  public Result apply(Operand<TInt64> tokens, Operand<TInt64> positions, int index) {
    KernelStream last = layers.apply(embedded(tokens, positions), positions);
    List<Operand<TFloat32>> logits = new ArrayList<>();
    List<Output<?>> operands = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      List<Output<?>> head = head(last, tasks.get(i), heads.get(i));
      logits.add(head.get(0).expect(TFloat32.class));
      operands.addAll(head);
    }
    addTask(operands);
    operands.add(temperatures.asOutput());
    operands.add(inputs.uniforms(index).asOutput());
    Output<?> drawn =
        scope
            .kernel(draw, operands, List.of(new TensorSpec(ElementType.I64, Shape.of(batch))))
            .get(0);
    return new Result(drawn.expect(TInt64.class), logits);
  }

  private KernelStream embedded(Operand<TInt64> tokens, Operand<TInt64> positions) {
    List<Output<?>> operands = new ArrayList<>();
    operands.add(tokens.asOutput());
    operands.add(positions.asOutput());
    for (Task task : tasks) {
      operands.add(
          task == Task.T2I
              ? scope.read(parameters.imageTokens()).asOutput()
              : table(TiedHeads.tableName(task)));
      operands.add(table(TokenEmbeddings.positionsName(task)));
    }
    addTask(operands);
    operands.add(calls.stacked("norm.weight"));
    return KernelStream.of(scope.kernel(embedding, operands, calls.stream(layers.pieces())));
  }

  /** Logits, and highest logits and sums of blocks. */
  private List<Output<?>> head(KernelStream last, Task task, Kernel kernel) {
    ProjectionKernel.Sizes sizes = headSizes(task);
    int blocks = ProjectionKernel.pieces(sizes, tuning.head());
    TensorSpec ofBlocks = new TensorSpec(ElementType.F32, Shape.of(blocks, batch));
    return scope.kernel(
        kernel,
        List.of(
            scope.tf().constant(0).asOutput(),
            last.scaled(),
            last.squares(),
            table(TiedHeads.tableName(task)),
            temperatures.asOutput()),
        List.of(calls.values(ElementType.F32, sizes.out()), ofBlocks, ofBlocks));
  }

  /** Of which task a row is, where there are two. */
  private void addTask(List<Output<?>> operands) {
    if (tasks.size() > 1) {
      operands.add(drawing.asOutput());
    }
  }

  private Output<?> table(String name) {
    return scope.read(parameters.table(name)).asOutput();
  }

  @Override
  public void store() {
    // the kernels have changed the states already
  }
}
