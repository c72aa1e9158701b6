package org.omnimamba.model.runtime.language;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.FunctionBody;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.mamba.Backbone;
import org.omnimamba.model.graph.mamba.RmsNorm;
import org.omnimamba.model.graph.mamba.TaskLora;
import org.omnimamba.model.graph.mamba.TiedHeads;
import org.omnimamba.model.graph.mamba.TokenEmbeddings;
import org.omnimamba.model.runtime.ImageTable;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.runtime.StepKernels;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Prompts and decode steps as functions, each built when it is first needed and then kept. */
final class LanguageFunctions {
  private final DeviceProgram program;
  private final LanguageModelConfig config;
  private final LanguageParameters parameters;
  private final StateTable table;
  private final ImageTable images;
  private final boolean mergedLora;
  private final StepKernels kernels;
  private final Map<String, CompiledFunction> functions = new HashMap<>();

  LanguageFunctions(
      DeviceProgram program,
      LanguageModelConfig config,
      LanguageParameters parameters,
      StateTable table,
      ImageTable images,
      RuntimeOptions options,
      StepKernels kernels) {
    this.program = program;
    this.config = config;
    this.parameters = parameters;
    this.table = table;
    this.images = images;
    this.mergedLora = options.mergedLora();
    this.kernels = kernels;
  }

  /** What a decode step of these sizes is made of. */
  static StepKernels kernels(LanguageModelConfig config, RuntimeOptions options) {
    return KernelStep.supports(config) ? options.kernels() : StepKernels.XLA;
  }

  /**
   * Runs one padded piece of a prompt. Input: {@link PieceInputs}. Output: logits of the last token
   * that counts, {@code [1, vocabulary]}.
   */
  CompiledFunction prefill(Task task, int length) {
    return functions.computeIfAbsent(
        "prefill_%s_%d".formatted(task.key(), length),
        name -> program.function(name, scope -> buildPrefill(scope, task, length)));
  }

  /**
   * {@link #prefill} of a piece whose embeddings the caller has. Inputs: embeddings {@code [1,
   * length, dModel]}, tokens that count, slot to start from, slot to leave the state in, tokens
   * seen before.
   */
  CompiledFunction prefillEmbedded(Task task, int length) {
    return functions.computeIfAbsent(
        "prefill_embedded_%s_%d".formatted(task.key(), length),
        name -> program.function(name, scope -> buildPrefillEmbedded(scope, task, length)));
  }

  /**
   * Runs one token of each of {@code batch} sequences. Inputs: tokens, slots, positions,
   * temperatures and random numbers of the next tokens' draws, each {@code [batch]}. Outputs: the
   * drawn ids {@code [batch]}, logits {@code [batch, vocabulary]}.
   */
  CompiledFunction step(Task task, int batch) {
    return functions.computeIfAbsent(
        "step_%s_%d".formatted(task.key(), batch),
        name -> program.function(name, scope -> buildStep(scope, batch, single(scope, task))));
  }

  /**
   * {@link #step} for rows of both tasks. One input in front: 1 for rows that draw, else 0, {@code
   * [batch]}. Outputs: the drawn ids, logits of the text vocabulary, then of the image vocabulary,
   * for all rows.
   */
  CompiledFunction mixedStep(int batch) {
    return functions.computeIfAbsent(
        "mixed_step_" + batch,
        name ->
            program.function(
                name,
                scope ->
                    buildStep(
                        scope, batch, mixed(scope, scope.input(TFloat32.class, Shape.of(batch))))));
  }

  /**
   * Runs {@code count} tokens of some of {@code batch} consecutive rows: the first as given, then
   * those that were drawn; compiled always. Input: {@link WindowInputs}. Outputs: the drawn ids
   * {@code [count, batch]}; if {@code count} is 1, also logits as {@link #step}.
   */
  CompiledFunction window(Task task, int batch, int count) {
    return functions.computeIfAbsent(
        "window_%s_%d_%d".formatted(task.key(), batch, count),
        name ->
            program.function(name, true, scope -> buildWindow(scope, batch, count, List.of(task))));
  }

  /**
   * Rows of the window that {@code span} consecutive slots take. The hand-written kernels leave
   * rows alone that do not take part, so that there few sizes do: each is a function of its own for
   * either task, for both, and for every number of tokens. Operations of XLA read and write all
   * rows.
   */
  int windowBatch(int span) {
    int batch = kernels == StepKernels.TRITON ? Buckets.sparseBatch(span) : Buckets.batch(span);
    return batch <= table.rows() ? batch : Math.min(Buckets.batch(span), table.rows());
  }

  /** {@link #window} for rows of both tasks, with logits as {@link #mixedStep}. */
  CompiledFunction mixedWindow(int batch, int count) {
    return functions.computeIfAbsent(
        "mixed_window_%d_%d".formatted(batch, count),
        name ->
            program.function(
                name,
                true,
                scope -> buildWindow(scope, batch, count, List.of(Task.MMU, Task.T2I))));
  }

  private StepTasks single(FunctionScope scope, Task task) {
    return new StepTasks.Single(task, scope, parameters, lora(task));
  }

  private StepTasks mixed(FunctionScope scope, Operand<TFloat32> drawing) {
    return new StepTasks.Mixed(scope, parameters, config, drawing);
  }

  /** Text embeddings of ids {@code [length]}, without positions: {@code [length, dModel]}. */
  CompiledFunction text(int length) {
    return lookUp("text_" + length, scope -> List.of(embeddings(scope).text(ids(scope, length))));
  }

  /** Text-to-image prompts: ids {@code [length]} to embeddings with positions from 0. */
  CompiledFunction caption(int length) {
    return lookUp("caption_" + length, scope -> buildCaption(scope, length));
  }

  /** A function of a few operations, which is not worth compiling for each length. */
  private CompiledFunction lookUp(String name, FunctionBody body) {
    return functions.computeIfAbsent(name, n -> program.function(n, false, body));
  }

  private List<Operand<TFloat32>> buildPrefill(FunctionScope scope, Task task, int length) {
    PieceInputs.Operands inputs = new PieceInputs(length).declare(scope);
    Operand<TFloat32> embedded =
        new PieceEmbeddings(scope, embeddings(scope), config, images).of(task, inputs);
    Ops tf = scope.tf();
    return buildLayers(
        scope, task, length, tf.reshape(embedded, sequence(tf, length)), inputs.where());
  }

  private List<Operand<TFloat32>> buildPrefillEmbedded(FunctionScope scope, Task task, int length) {
    Operand<TFloat32> input = scope.input(TFloat32.class, Shape.of(1, length, config.dModel()));
    Operand<TInt64> count = ids(scope, 1);
    Operand<TInt64> from = ids(scope, 1);
    Operand<TInt64> to = ids(scope, 1);
    Operand<TInt64> seen = ids(scope, 1);
    return buildLayers(scope, task, length, input, new KernelPrompt.Inputs(count, from, to, seen));
  }

  private Operand<TInt64> sequence(Ops tf, int length) {
    return tf.constant(new long[] {1, length, config.dModel()});
  }

  /**
   * @param input embeddings with positions applied, {@code [1, length, dModel]}
   */
  private List<Operand<TFloat32>> buildLayers(
      FunctionScope scope,
      Task task,
      int length,
      Operand<TFloat32> input,
      KernelPrompt.Inputs where) {
    Ops tf = scope.tf();
    BlockContext context = parameters.context(scope);
    Operand<TInt64> count = where.count();
    Operand<TInt64> last = tf.math.sub(count, tf.constant(1L));
    Operand<TFloat32> hidden;
    if (kernels == StepKernels.TRITON) {
      KernelPrompt layers = new KernelPrompt(scope, parameters, table, task, length, where);
      Operand<TFloat32> positions = tf.reshape(input, tf.array((long) length, config.dModel()));
      Operand<TFloat32> residual = row(tf, layers.apply(context, positions), last, 0);
      hidden = new RmsNorm(context.in("norm_f"), config.rmsNormEps()).apply(residual);
    } else {
      TableRows states =
          TableRows.sequence(
              scope,
              table,
              new TableRows.Rows(where.from(), where.seen()),
              new TableRows.Rows(where.to(), tf.math.add(where.seen(), count)));
      hidden =
          row(
              tf,
              new Backbone(context, config, lora(task)).sequence(input, count, states),
              last,
              1);
    }
    return List.of(new TiedHeads(context).logits(task, hidden));
  }

  /** One position of an axis, {@code [1, dModel]}. */
  private Operand<TFloat32> row(
      Ops tf, Operand<TFloat32> values, Operand<TInt64> position, int axis) {
    Operand<TFloat32> row = tf.gather(values, position, tf.constant(axis), new Gather.Options[0]);
    return tf.reshape(row, tf.constant(new long[] {1, config.dModel()}));
  }

  private List<Operand<?>> buildStep(FunctionScope scope, int batch, StepTasks tasks) {
    Operand<TInt64> tokens = ids(scope, batch);
    Operand<TInt64> rows = ids(scope, batch);
    Operand<TInt64> positions = ids(scope, batch);
    Draws draws = new Draws(scope, batch);
    BlockContext context = parameters.context(scope);
    Operand<TFloat32> input = tasks.embed(context, tokens, positions);
    TableRows states = TableRows.step(scope, table, new TableRows.Rows(rows, positions));
    Operand<TFloat32> hidden =
        new Backbone(context, config, tasks.lora()).step(input, null, states);
    return draws.before(tasks, tasks.logits(context, hidden));
  }

  private List<Operand<?>> buildWindow(
      FunctionScope scope, int batch, int count, List<Task> tasks) {
    WindowInputs.Operands inputs = new WindowInputs(batch, count).declare(scope);
    WindowStep step = windowStep(scope, batch, inputs, tasks);
    Ops tf = scope.tf();
    Operand<TInt64> tokens = inputs.tokens();
    List<Operand<TInt64>> drawn = new ArrayList<>();
    List<Operand<TFloat32>> logits = List.of();
    for (int index = 0; index < count; index++) {
      Operand<TInt64> positions = tf.math.add(inputs.positions(), tf.constant((long) index));
      WindowStep.Result result = step.apply(tokens, positions, index);
      logits = result.logits();
      // a row without a valid token goes on with any: its caller ends it
      tokens = result.drawn();
      drawn.add(tokens);
    }
    step.store();
    List<Operand<?>> outputs = new ArrayList<>();
    outputs.add(tf.stack(drawn));
    if (count == 1) {
      outputs.addAll(logits);
    }
    return outputs;
  }

  private WindowStep windowStep(
      FunctionScope scope, int batch, WindowInputs.Operands inputs, List<Task> tasks) {
    if (kernels == StepKernels.TRITON && batch <= KernelStep.LARGEST_BATCH) {
      return new KernelStep(scope, parameters, table, inputs, tasks);
    }
    StepTasks ofXla =
        tasks.size() > 1 ? mixed(scope, inputs.drawing()) : single(scope, tasks.get(0));
    return new XlaStep(scope, parameters.context(scope), table, inputs, ofXla);
  }

  /** Declares the inputs of a step's draws. */
  private record Draws(Operand<TFloat32> temperatures, Operand<TFloat32> uniforms) {
    Draws(FunctionScope scope, int batch) {
      this(
          scope.input(TFloat32.class, Shape.of(batch)),
          scope.input(TFloat32.class, Shape.of(batch)));
    }

    /** The drawn ids, then the logits. */
    List<Operand<?>> before(StepTasks tasks, List<Operand<TFloat32>> logits) {
      List<Operand<?>> outputs = new ArrayList<>();
      outputs.add(tasks.draw(logits, temperatures, uniforms));
      outputs.addAll(logits);
      return outputs;
    }
  }

  private List<Operand<TFloat32>> buildCaption(FunctionScope scope, int length) {
    TokenEmbeddings embeddings = embeddings(scope);
    long[] positions = new long[length];
    Arrays.setAll(positions, i -> i);
    Operand<TFloat32> caption = embeddings.caption(embeddings.text(ids(scope, length)));
    Ops tf = scope.tf();
    return List.of(tf.math.add(caption, embeddings.t2iPositions(tf.constant(positions))));
  }

  private TaskLora lora(Task task) {
    return mergedLora ? TaskLora.merged(task, config.lora()) : TaskLora.beside(task, config.lora());
  }

  private TokenEmbeddings embeddings(FunctionScope scope) {
    return new TokenEmbeddings(parameters.context(scope));
  }

  private static Operand<TInt64> ids(FunctionScope scope, int count) {
    return scope.input(TInt64.class, Shape.of(count));
  }
}
