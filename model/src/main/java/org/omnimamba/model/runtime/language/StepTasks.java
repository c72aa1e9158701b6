package org.omnimamba.model.runtime.language;

import java.util.List;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.mamba.TaskLora;
import org.omnimamba.model.graph.mamba.TiedHeads;
import org.omnimamba.model.graph.mamba.TokenDraw;
import org.omnimamba.model.graph.mamba.TokenEmbeddings;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** The parts of a decode step that depend on the task of its rows: embeddings, adapter, head. */
interface StepTasks {

  /**
   * Generated tokens as inputs of the backbone.
   *
   * @param tokens of each row's vocabulary, {@code [batch]}
   * @param positions tokens that each row has seen, {@code [batch]}
   * @return {@code [batch, dModel]}
   */
  Operand<TFloat32> embed(BlockContext context, Operand<TInt64> tokens, Operand<TInt64> positions);

  TaskLora lora();

  /**
   * @param hidden {@code [batch, dModel]}
   * @return {@code [batch, vocabulary]} for each task that rows can have; both when rows are mixed
   */
  List<Operand<TFloat32>> logits(BlockContext context, Operand<TFloat32> hidden);

  /**
   * The token of each row, drawn on the device.
   *
   * @param logits as {@link #logits} gives them
   * @param temperatures {@code [batch]}; see {@link TokenDraw}
   * @param uniforms {@code [batch]}
   * @return ids in the vocabulary of each row's task, {@code [batch]}
   */
  Operand<TInt64> draw(
      List<Operand<TFloat32>> logits, Operand<TFloat32> temperatures, Operand<TFloat32> uniforms);

  /** All rows are of one task. */
  record Single(Task task, FunctionScope scope, LanguageParameters parameters, TaskLora lora)
      implements StepTasks {

    @Override
    public Operand<TFloat32> embed(
        BlockContext context, Operand<TInt64> tokens, Operand<TInt64> positions) {
      return embedded(task, scope, parameters, context, tokens, positions);
    }

    @Override
    public List<Operand<TFloat32>> logits(BlockContext context, Operand<TFloat32> hidden) {
      return List.of(new TiedHeads(context).logits(task, hidden));
    }

    @Override
    public Operand<TInt64> draw(
        List<Operand<TFloat32>> logits,
        Operand<TFloat32> temperatures,
        Operand<TFloat32> uniforms) {
      return new TokenDraw(scope.tf()).apply(logits.get(0), temperatures, uniforms);
    }
  }

  /**
   * Rows of both tasks, which share one pass over the weights. Logits are those of {@link
   * Task#MMU}, then those of {@link Task#T2I}, for all rows.
   */
  final class Mixed implements StepTasks {
    private final FunctionScope scope;
    private final LanguageParameters parameters;
    private final LanguageModelConfig config;
    private final Operand<TFloat32> drawing;

    /**
     * @param drawing 1 for rows that draw, 0 for rows that understand, {@code [batch]}
     */
    Mixed(
        FunctionScope scope,
        LanguageParameters parameters,
        LanguageModelConfig config,
        Operand<TFloat32> drawing) {
      this.scope = scope;
      this.parameters = parameters;
      this.config = config;
      this.drawing = drawing;
    }

    @Override
    public Operand<TFloat32> embed(
        BlockContext context, Operand<TInt64> tokens, Operand<TInt64> positions) {
      Ops tf = scope.tf();
      Operand<TBool> draws = tf.math.greater(drawing, tf.constant(0f));
      // a row looks up its id in both tables; in the other task's table it takes the first row
      Operand<TInt64> none = tf.zerosLike(tokens);
      Operand<TFloat32> t2i =
          embedded(
              Task.T2I,
              scope,
              parameters,
              context,
              tf.select(draws, tokens, none),
              tf.select(draws, positions, none));
      Operand<TFloat32> mmu =
          embedded(
              Task.MMU,
              scope,
              parameters,
              context,
              tf.select(draws, none, tokens),
              tf.select(draws, none, positions));
      return tf.select(tf.expandDims(draws, tf.constant(1)), t2i, mmu);
    }

    @Override
    public TaskLora lora() {
      return TaskLora.mixed(scope.tf(), config.lora(), drawing);
    }

    @Override
    public List<Operand<TFloat32>> logits(BlockContext context, Operand<TFloat32> hidden) {
      TiedHeads heads = new TiedHeads(context);
      return List.of(heads.logits(Task.MMU, hidden), heads.logits(Task.T2I, hidden));
    }

    @Override
    public Operand<TInt64> draw(
        List<Operand<TFloat32>> logits,
        Operand<TFloat32> temperatures,
        Operand<TFloat32> uniforms) {
      TokenDraw draw = new TokenDraw(scope.tf());
      return scope
          .tf()
          .select(
              scope.tf().math.greater(drawing, scope.tf().constant(0f)),
              draw.apply(logits.get(1), temperatures, uniforms),
              draw.apply(logits.get(0), temperatures, uniforms));
    }
  }

  private static Operand<TFloat32> embedded(
      Task task,
      FunctionScope scope,
      LanguageParameters parameters,
      BlockContext context,
      Operand<TInt64> tokens,
      Operand<TInt64> positions) {
    Ops tf = scope.tf();
    TokenEmbeddings embeddings = new TokenEmbeddings(context);
    return switch (task) {
      case MMU -> tf.math.add(embeddings.text(tokens), embeddings.mmuPositions(positions));
      case T2I ->
          tf.math.add(
              tf.gather(
                  scope.read(parameters.imageTokens(), TFloat32.class), tokens, tf.constant(0)),
              embeddings.t2iPositions(positions));
    };
  }
}
