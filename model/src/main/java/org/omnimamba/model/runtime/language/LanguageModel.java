package org.omnimamba.model.runtime.language;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.runtime.ImageTable;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.runtime.StateStorage;
import org.omnimamba.model.runtime.StepKernels;
import org.omnimamba.model.sampling.StepOutput;

/**
 * The language model with its state slots: prompts in, logits out, one step after the other. Used
 * by the program's one thread.
 */
public final class LanguageModel {
  /**
   * What a GPU takes at once: a call costs the host more than half of what a step of one sequence
   * takes, and a sequence that joins, leaves or is cancelled waits for the end of a call.
   */
  static final int TOKENS_PER_CALL = 8;

  private static final int LARGEST_PIECE = 2048;

  private final LanguageModelConfig config;
  private final PromptEmbedder embedder;
  private final StateTable table;
  private final ImageTable images;
  private final LanguageFunctions functions;
  private final StateFunctions stateFunctions;
  private final DecodeSteps steps;
  private final IntUnaryOperator pieceBucket;

  private LanguageModel(
      LanguageModelConfig config,
      PromptEmbedder embedder,
      StateTable table,
      ImageTable images,
      LanguageFunctions functions,
      StateFunctions stateFunctions,
      DecodeSteps steps,
      IntUnaryOperator pieceBucket) {
    this.config = config;
    this.embedder = embedder;
    this.table = table;
    this.images = images;
    this.functions = functions;
    this.stateFunctions = stateFunctions;
    this.steps = steps;
    this.pieceBucket = pieceBucket;
  }

  /**
   * Loads the language model.
   *
   * @param program the program that runs the model and owns weights and states
   * @param source the checkpoint; needed during this call only
   */
  public static LanguageModel load(
      DeviceProgram program, TensorSource source, ModelConfig config, RuntimeOptions options) {
    // idle rows of a window cost an accelerator next to nothing, and the CPU as much as busy ones
    boolean accelerator = options.execution().device() != ExecutionOptions.Device.CPU;
    boolean windows = accelerator && options.execution().compile();
    StepKernels kernels = LanguageFunctions.kernels(config.language(), options);
    // XLA needs a minute and more to compile each token of a call
    int tokens = kernels == StepKernels.TRITON ? TOKENS_PER_CALL : 1;
    return load(program, source, config, options, windows, tokens);
  }

  static LanguageModel load(
      DeviceProgram program,
      TensorSource source,
      ModelConfig config,
      RuntimeOptions options,
      boolean windows,
      int tokensPerCall) {
    LanguageModelConfig language = config.language();
    LanguageParameters parameters =
        LanguageParameters.load(program.variables(), source, language, options);
    StepKernels kernels = LanguageFunctions.kernels(language, options);
    // here, since each run goes over the graph, which is still small
    float[] mmuPositions = program.variables().readFloats(parameters.mmuPositions());
    StateTable table =
        new StateTable(program.variables(), language, options.slots(), options.state(), kernels);
    ImageTable images =
        new ImageTable(program.variables(), config.vision().patches(), language.dModel());
    LanguageFunctions functions =
        new LanguageFunctions(program, language, parameters, table, images, options, kernels);
    DecodeSteps steps =
        new DecodeSteps(language, functions, table, windows, !options.mergedLora(), tokensPerCall);
    IntUnaryOperator pieceBucket = windows ? Buckets::acceleratedLength : Buckets::length;
    PromptEmbedder embedder = new PromptEmbedder(config, functions, mmuPositions);
    StateFunctions stateFunctions = new StateFunctions(program, language, table);
    return new LanguageModel(
        language, embedder, table, images, functions, stateFunctions, steps, pieceBucket);
  }

  /** Sequences whose state is kept at once; slots are numbered from 0. */
  public int slots() {
    return table.slots();
  }

  /** Positions that a sequence of this task can have: prompt and generated tokens that are fed. */
  public int positions(Task task) {
    return config.positions(task);
  }

  /** Where the vision part leaves images for {@link #prefill(int, PromptIds, int, int)}. */
  public ImageTable images() {
    return images;
  }

  /**
   * Embeds a text-to-image prompt. The caption MLP is applied to all ids, special and padding ones
   * included.
   *
   * @throws IllegalArgumentException if there are no ids, too many, or one out of the vocabulary
   */
  public PromptEmbeddings embedT2i(int[] ids) {
    return embedder.t2i(ids);
  }

  /**
   * Embeds an understanding prompt. The image takes its places after the second id.
   *
   * @param idsWithoutImage at least two
   * @param imageEmbeddings {@code [patches, dModel]}; null for the zeros of a prompt without image
   * @throws IllegalArgumentException if the ids are too few, too many or out of the vocabulary, or
   *     if the image has not one embedding per patch
   */
  public PromptEmbeddings embedMmu(int[] idsWithoutImage, float @Nullable [] imageEmbeddings) {
    return embedder.mmu(idsWithoutImage, imageEmbeddings);
  }

  /**
   * Feeds positions {@code from} to {@code to} of a prompt to a slot, in as many pieces as the
   * compiled lengths need. The device looks the ids up and puts the embeddings together.
   *
   * @param from 0 starts from nothing, whatever the slot held; otherwise the slot must hold the
   *     state after the first {@code from} positions
   * @return the logits after position {@code to - 1}
   * @throws IllegalArgumentException if the slot, the image's place or the positions do not exist,
   *     if there are too few ids, too many, or one out of the vocabulary
   */
  public float[] prefill(int slot, PromptIds prompt, int from, int to) {
    int length = embedder.checkedLength(prompt);
    if (prompt.image() != PromptIds.NO_IMAGE) {
      images.checked(prompt.image());
    }
    Pieces pieces =
        (bucket, state, next, count) ->
            functions
                .prefill(prompt.task(), bucket)
                .call()
                .longs(
                    new PieceInputs(bucket)
                        .values(
                            count,
                            state,
                            slot,
                            next,
                            prompt.image(),
                            embedder.ids(prompt, next, next + count)));
    return prefill(prompt.task(), slot, length, from, to, pieces);
  }

  /**
   * {@link #prefill(int, PromptIds, int, int)} of embeddings.
   *
   * @throws IllegalArgumentException if the prompt was embedded for another task, or if the slot or
   *     the positions do not exist
   */
  public float[] prefill(Task task, int slot, PromptEmbeddings prompt, int from, int to) {
    if (task != prompt.task()) {
      throw new IllegalArgumentException(
          "the prompt was embedded for %s, not for %s".formatted(prompt.task(), task));
    }
    int width = config.dModel();
    Pieces pieces =
        (bucket, state, next, count) ->
            functions
                .prefillEmbedded(task, bucket)
                .call()
                .floats(prompt.values(), next * width, count * width)
                .longs(count)
                .longs(state)
                .longs(slot)
                .longs(next);
    return prefill(task, slot, prompt.length(), from, to, pieces);
  }

  /** How a piece is called. */
  private interface Pieces {
    /**
     * The call with its inputs.
     *
     * @param bucket positions that it is built for
     * @param state row to start from
     * @param next first position
     * @param count positions
     */
    CompiledFunction.Call call(int bucket, int state, int next, int count);
  }

  private float[] prefill(Task task, int slot, int length, int from, int to, Pieces pieces) {
    table.checked(slot);
    if (from < 0 || to <= from || to > length) {
      throw new IllegalArgumentException(
          "positions %d to %d are not in a prompt of %d".formatted(from, to, length));
    }
    int next = from;
    int state = from == 0 ? table.zero() : slot;
    float[] logits = {};
    while (next < to) {
      int count = Math.min(to - next, LARGEST_PIECE);
      logits = pieces.call(bucket(task, count), state, next, count).run().floats(0);
      next += count;
      state = slot;
    }
    return logits;
  }

  /** Text-to-image prompts all have one length, which gets a function of its own. */
  private int bucket(Task task, int count) {
    boolean wholePrompt = task == Task.T2I && count == config.t2iPromptTokens();
    return wholePrompt ? count : pieceBucket.applyAsInt(count);
  }

  /**
   * Lengths for which {@link #prefill} has functions of their own, ascending: any piece of up to
   * {@code longest} positions is padded to one of them. A whole text-to-image prompt is not padded.
   */
  public int[] pieceLengths(int longest) {
    return IntStream.rangeClosed(1, Math.min(longest, LARGEST_PIECE))
        .map(pieceBucket)
        .distinct()
        .toArray();
  }

  /**
   * Feeds one token to each of several sequences, of either task, at the cost of one pass over the
   * weights; where adapters are merged into the weights there is nothing to share, and each task
   * takes a pass of its own. What a sequence gets does not depend on its neighbours.
   *
   * <p>Next tokens are drawn on the device; a vocabulary's logits come to the host only if some row
   * wants them.
   *
   * @param rows of distinct slots
   * @return for each row a {@link StepOutput.Drawn} or, where it wants them, its {@link
   *     StepOutput.Logits}
   * @throws IllegalArgumentException if there is no row, or if a slot, token or position is out of
   *     range or a slot is there twice; nothing has run then
   */
  public StepOutput[] step(List<StepRow> rows) {
    check(rows);
    return steps.run(rows);
  }

  /**
   * {@link #step} of rows that all want their logits.
   *
   * @return {@code [row][vocabulary of its task]}
   */
  public float[][] logits(List<StepRow> rows) {
    return Arrays.stream(step(rows))
        .map(output -> ((StepOutput.Logits) output).values())
        .toArray(float[][]::new);
  }

  /** Tokens that {@link #steps} draws at the price of one call, at most; 1 if there is no gain. */
  public int tokensPerCall() {
    return steps.tokensPerCall();
  }

  /**
   * Feeds several tokens to each of several sequences of either task: the one given, then those
   * that were drawn. What is fed after a sequence's last position in the model is undefined, as are
   * the ids drawn from there on; other sequences are not affected.
   *
   * @param rows as for {@link #step}; each has draws
   * @param count tokens to draw for each row
   * @return the drawn ids {@code [row][count]}; a negative one where a logit was NaN or infinite,
   *     after which nothing is defined
   * @throws IllegalArgumentException as for {@link #step}, and if a row has no draws
   */
  public int[][] steps(List<StepRow> rows, int count) {
    check(rows);
    if (count < 1 || rows.stream().anyMatch(StepRow::wantsLogits)) {
      throw new IllegalArgumentException(
          "each row of %d tokens needs draws, not %s".formatted(count, rows));
    }
    return steps.runSeveral(rows, count);
  }

  /** Makes {@code toSlot} hold what {@code fromSlot} holds. */
  public void copyState(int fromSlot, int toSlot) {
    stateFunctions.copy().call().longs(table.checked(fromSlot)).longs(table.checked(toSlot)).run();
  }

  /** Bytes of a slot's state on the device, before the model is loaded. */
  public static long stateBytes(LanguageModelConfig config, StateStorage storage) {
    long recurrent = (long) config.layers() * config.dInner() * config.dState();
    return config.stateBytes() - (Float.BYTES - storage.type().bytes()) * recurrent;
  }

  /** Bytes of one slot's state, on the device and in a {@link SavedState}. */
  public long stateBytes() {
    return table.bytesPerSlot();
  }

  /** An exact copy of what a slot holds, in host memory; the slot stays as it is. */
  public SavedState readState(int slot) {
    CompiledFunction.Outputs rows = stateFunctions.read().call().longs(table.checked(slot)).run();
    return new SavedState(rows.floats(0), rows.floats(1));
  }

  /**
   * Makes a slot hold, bit by bit, what was read from one.
   *
   * @param state of a slot of the same model
   */
  public void writeState(int slot, SavedState state) {
    stateFunctions
        .write()
        .call()
        .longs(table.checked(slot))
        .floats(state.conv())
        .floats(state.ssm())
        .run();
  }

  StateTable states() {
    return table;
  }

  private void check(List<StepRow> rows) {
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("a step needs at least one row");
    }
    boolean[] seen = new boolean[slots()];
    for (StepRow row : rows) {
      Task task = row.task();
      PromptEmbedder.checkId(row.token(), config.outputVocabSize(task));
      if (seen[table.checked(row.slot())]) {
        throw new IllegalArgumentException("slot %d is twice in one step".formatted(row.slot()));
      }
      seen[row.slot()] = true;
      if (row.position() < 0 || row.position() >= positions(task)) {
        throw new IllegalArgumentException(
            "%s has %d positions, none is %d".formatted(task, positions(task), row.position()));
      }
    }
  }
}
