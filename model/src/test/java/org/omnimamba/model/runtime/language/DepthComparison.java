package org.omnimamba.model.runtime.language;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.float64.PlainLanguageModel;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.testing.GoldenSteps;
import org.omnimamba.model.testing.RelativeErrors;

/**
 * How far the language model, as it is served, is from {@link PlainLanguageModel} at every depth: a
 * prompt, then tokens one by one. What a slot keeps of a layer tells of everything before it: the
 * last inputs of the convolution are {@code in_proj} of the normed stream, and the state has seen
 * all tokens.
 */
final class DepthComparison {
  private static final int SLOT = 0;

  private final LanguageModelConfig sizes;
  private final Task task;
  private final PromptEmbeddings prompt;
  private final int[] tokens;
  private final SavedState afterPrompt;
  private final SavedState afterTokens;
  private final float[][] logits;
  private final double[][] inputs;

  /**
   * A sequence of random ids.
   *
   * @param promptIds all of a text-to-image prompt, those without the image otherwise
   * @param image {@code [patches, dModel]}; of no use to text-to-image
   * @param tokens that follow
   */
  record Sequence(Task task, int[] promptIds, float[] image, int[] tokens) {
    static Sequence random(
        LanguageModelConfig sizes, Task task, int patches, int promptIds, int tokens) {
      SplittableRandom random = new SplittableRandom(1);
      float[] image = new float[patches * sizes.dModel()];
      for (int i = 0; i < image.length; i++) {
        image[i] = (float) (0.04 * random.nextDouble() - 0.02);
      }
      return new Sequence(
          task,
          random.ints(promptIds, 0, sizes.textVocabSize()).toArray(),
          image,
          random.ints(tokens, 0, sizes.outputVocabSize(task)).toArray());
    }
  }

  /** Feeds the sequence to the model and keeps what it gives. */
  DepthComparison(
      LanguageModel model, PlainLanguageModel plain, LanguageModelConfig sizes, Sequence sequence) {
    this.sizes = sizes;
    this.task = sequence.task();
    this.tokens = sequence.tokens();
    this.logits = new float[1 + tokens.length][];
    double[][] plainPrompt;
    if (task == Task.T2I) {
      prompt = model.embedT2i(sequence.promptIds());
      plainPrompt = plain.drawingPrompt(sequence.promptIds());
      // as it is served: the device looks the ids up
      logits[0] = model.prefill(SLOT, PromptIds.t2i(sequence.promptIds()), 0, prompt.length());
    } else {
      prompt = model.embedMmu(sequence.promptIds(), sequence.image());
      plainPrompt = plain.understandingPrompt(sequence.promptIds(), sequence.image());
      logits[0] = model.prefill(task, SLOT, prompt, 0, prompt.length());
    }
    afterPrompt = model.readState(SLOT);
    for (int i = 0; i < tokens.length; i++) {
      logits[1 + i] = model.logits(GoldenSteps.of(task, SLOT, tokens[i], prompt.length() + i))[0];
    }
    afterTokens = model.readState(SLOT);
    double[][] plainTokens = plain.tokens(task, tokens, prompt.length());
    inputs =
        IntStream.range(0, prompt.length() + tokens.length)
            .mapToObj(i -> i < prompt.length() ? plainPrompt[i] : plainTokens[i - prompt.length()])
            .toArray(double[][]::new);
  }

  /** As a CPU runs a model by default, with one slot: float32, operation by operation. */
  static RuntimeOptions options() {
    return RuntimeOptions.cpu()
        .withSlots(1)
        .withExecution(ExecutionOptions.cpu().withCompile(false));
  }

  /**
   * Errors by depth.
   *
   * @param layers of each layer, from the first
   * @param prompt of the logits after the prompt
   * @param steps of the logits after each token
   */
  record Errors(List<LayerErrors> layers, RelativeErrors prompt, RelativeErrors steps) {
    /** The largest error of anything at this depth. */
    double at(int layer) {
      LayerErrors errors = layers.get(layer);
      return DoubleStream.of(
              errors.promptInputs.worst(),
              errors.promptState.worst(),
              errors.stepInputs.worst(),
              errors.stepState.worst())
          // NaN is larger than all
          .reduce(0, Math::max);
    }

    /** The largest error of the logits of one position. */
    double logits() {
      return Math.max(prompt.worst(), steps.worst());
    }
  }

  /**
   * Errors of what a slot keeps of one layer.
   *
   * @param promptInputs of the convolution, the last tokens of the prompt
   * @param promptState after the prompt
   * @param stepInputs of the convolution, the last tokens of all
   * @param stepState after all tokens
   */
  record LayerErrors(
      RelativeErrors promptInputs,
      RelativeErrors promptState,
      RelativeErrors stepInputs,
      RelativeErrors stepState) {
    LayerErrors() {
      this(new RelativeErrors(), new RelativeErrors(), new RelativeErrors(), new RelativeErrors());
    }
  }

  /** Runs the sequence in float64 and compares. */
  Errors with(PlainLanguageModel plain) {
    List<LayerErrors> layers =
        IntStream.range(0, sizes.layers()).mapToObj(layer -> new LayerErrors()).toList();
    int promptEnd = prompt.length();
    int end = inputs.length;
    double[][] hidden =
        plain.hidden(
            task,
            inputs,
            (layer, token, residual, xbc, state) -> {
              LayerErrors errors = layers.get(layer);
              if (token >= promptEnd - sizes.dConv() && token < promptEnd) {
                errors.promptInputs.add(inputOf(afterPrompt, layer, token), xbc);
              }
              if (token == promptEnd - 1) {
                errors.promptState.add(stateOf(afterPrompt, layer), state);
              }
              if (token >= end - sizes.dConv()) {
                errors.stepInputs.add(inputOf(afterTokens, layer, token), xbc);
              }
              if (token == end - 1) {
                errors.stepState.add(stateOf(afterTokens, layer), state);
              }
            });
    double[][] expected = plain.logits(task, Arrays.copyOfRange(hidden, promptEnd - 1, end));
    Errors errors = new Errors(layers, new RelativeErrors(), new RelativeErrors());
    errors.prompt.add(logits[0], expected[0]);
    for (int i = 1; i < logits.length; i++) {
      errors.steps.add(logits[i], expected[i]);
    }
    return errors;
  }

  /** What the convolution took of one token, {@code [convDim]}. */
  private float[] inputOf(SavedState state, int layer, int token) {
    int from = (layer * sizes.dConv() + token % sizes.dConv()) * sizes.convDim();
    return Arrays.copyOfRange(state.conv(), from, from + sizes.convDim());
  }

  /** The state of one layer, {@code [dInner, dState]}. */
  private float[] stateOf(SavedState state, int layer) {
    int width = sizes.dInner();
    int states = sizes.dState();
    float[] turned = new float[states * width];
    for (int i = 0; i < states; i++) {
      for (int channel = 0; channel < width; channel++) {
        turned[channel * states + i] = state.ssm()[(layer * states + i) * width + channel];
      }
    }
    return turned;
  }

  @Override
  public String toString() {
    return "%s: a prompt of %d, then %d tokens"
        .formatted(task.key(), prompt.length(), tokens.length);
  }
}
