package org.omnimamba.model.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.sampling.InvalidLogitsException;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.PreviousTokens;
import org.omnimamba.model.sampling.Steering;
import org.omnimamba.model.sampling.StepOutput;
import org.omnimamba.model.sampling.TokenLogprobs;
import org.omnimamba.model.sampling.TokenSampler;
import org.omnimamba.model.text.AnswerChoices;
import org.omnimamba.model.text.Prompt;
import org.omnimamba.model.text.Tokenizer;

/**
 * Host-side state of one sequence that is being generated. The driver feeds the prompt to the
 * model, hands the logits of its last position to {@link #accept}, then, until {@link #finished},
 * feeds {@link #lastToken} at {@link #nextPosition} and hands over those logits.
 *
 * <p>Rules (see docs/reference-behaviours.md, 12, 19, 20): a text ends with the end-of-text id,
 * which is part of the ids but not of the text, with a stop string, after {@code maxNewTokens}, or
 * when the next token would need a position that the model lacks. An image has exactly {@code
 * imageTokens()} ids and no end id. A text that must be one of some choices also ends when it is
 * one that no other goes on from; it has no end id then.
 *
 * <p>For use by one thread, except {@link #cancel} and {@link #finished}.
 */
public final class Sequence implements TokenSequence {
  private final ModelConfig config;
  private final Tokenizer tokenizer;
  private final Prompt prompt;
  private final GenerationOptions options;
  private final @Nullable SequenceText text;
  private final AnswerChoices.@Nullable Cursor choice;
  private final PreviousTokens previous = new Previous();
  private final PreviousTokens ownTokens = new Generated();
  private final AtomicReference<@Nullable FinishReason> finishReason = new AtomicReference<>();
  private final int[] promptIds;
  private final int maxNewTokens;
  private int[] generated = new int[64];
  private int count;

  /**
   * @param config the model's
   * @param tokenizer the model's
   * @param prompt what the model reads first; its task is the sequence's
   * @param options how to generate
   */
  public Sequence(
      ModelConfig config, Tokenizer tokenizer, Prompt prompt, GenerationOptions options) {
    this.config = config;
    this.tokenizer = tokenizer;
    this.prompt = prompt;
    this.options = options;
    this.promptIds = prompt.ids();
    boolean image = prompt.task() == Task.T2I;
    this.text = image ? null : new SequenceText(tokenizer.detokenizer(), options.stop());
    AnswerChoices choices = options.choices();
    this.choice = image || choices == null ? null : choices.cursor();
    this.maxNewTokens =
        image
            ? config.language().imageTokens()
            : Math.max(
                1,
                Math.min(
                    options.maxNewTokens(),
                    config.language().mmuPositions() + 1 - prompt.length()));
  }

  /**
   * Draws the next token.
   *
   * @param logits {@code [outputVocabSize(task)]}, of the last position fed
   * @param sampler any sampler of this thread; it holds nothing of the sequence
   * @throws InvalidLogitsException if a logit is NaN or infinite; the sequence is unchanged then
   * @throws IllegalStateException if the sequence has ended by itself
   */
  public GeneratedToken accept(float[] logits, TokenSampler sampler) {
    checkGoesOn();
    int vocabulary = config.language().outputVocabSize(task());
    if (logits.length != vocabulary) {
      throw new IllegalArgumentException(
          "%d logits, but the vocabulary has %d".formatted(logits.length, vocabulary));
    }
    int id = sample(logits, sampler);
    TokenLogprobs logprobs =
        options.wantsLogprobs() ? sampler.logprobs(logits, id, options.topLogprobs()) : null;
    return append(id, logprobs);
  }

  private int sample(float[] logits, TokenSampler sampler) {
    if (!steered()) {
      return sampler.sample(logits, options.sampling(), previous, options.imageIndex(), count);
    }
    Steering steering =
        new Steering(options.changes(), ownTokens, choice == null ? null : choice.allowed());
    return sampler.sample(
        logits, options.sampling(), steering, previous, options.imageIndex(), count);
  }

  /** Whether a draw needs more than the sampling parameters. */
  private boolean steered() {
    return text != null && (choice != null || !options.changes().isNone());
  }

  /** How the next token may be drawn where its logits are; null if they have to come here. */
  public @Nullable PlainDraw nextDraw() {
    return draw(0);
  }

  private @Nullable PlainDraw draw(int ahead) {
    return options.wantsLogprobs() || steered()
        ? null
        : PlainDraw.of(options.sampling(), options.imageIndex(), count + ahead);
  }

  @Override
  public List<PlainDraw> nextDraws(int most) {
    List<PlainDraw> draws = new ArrayList<>();
    for (int ahead = 0; ahead < Math.min(most, maxNewTokens - count); ahead++) {
      PlainDraw draw = draw(ahead);
      if (draw == null) {
        return List.of();
      }
      draws.add(draw);
    }
    return draws;
  }

  /**
   * Whether one call of several tokens costs no more than a call for each token, if the sequences
   * end before the last tokens of the call.
   *
   * @param wanted tokens of the call that a sequence takes
   * @param ofCall tokens that the call draws
   */
  public static boolean isWorthACall(int wanted, int ofCall) {
    return wanted > 1 && 4 * wanted >= 3 * ofCall;
  }

  /**
   * Takes the token that was drawn as {@link #nextDraw} said.
   *
   * @param id negative if a logit was NaN or infinite
   * @throws InvalidLogitsException if it was; the sequence is unchanged then
   * @throws IllegalStateException if the sequence has ended by itself
   */
  public GeneratedToken accept(int id) {
    checkGoesOn();
    if (id < 0) {
      throw new InvalidLogitsException();
    }
    return append(id, null);
  }

  @Override
  public GeneratedToken accept(StepOutput output, TokenSampler sampler) {
    return output instanceof StepOutput.Logits logits
        ? accept(logits.values(), sampler)
        : accept(((StepOutput.Drawn) output).id());
  }

  private void checkGoesOn() {
    FinishReason before = finishReason.get();
    if (before == FinishReason.STOP || before == FinishReason.LENGTH) {
      throw new IllegalStateException("the sequence has ended: " + before);
    }
  }

  private GeneratedToken append(int id, @Nullable TokenLogprobs logprobs) {
    if (count == generated.length) {
      generated = Arrays.copyOf(generated, 2 * count);
    }
    if (choice != null && id != config.specialTokens().eos()) {
      choice.advance(id, tokenizer.bytes(id));
    }
    generated[count++] = id;
    String released = text == null ? "" : text.append(id);
    FinishReason reason = reasonAfter(id);
    if (reason != null) {
      finishReason.compareAndSet(null, reason);
      released = text == null ? "" : released + text.rest();
    }
    return new GeneratedToken(count - 1, id, released, logprobs, finishReason.get());
  }

  private @Nullable FinishReason reasonAfter(int id) {
    if (text != null) {
      boolean mayEnd = options.endOfText() || choice != null;
      boolean end = mayEnd && id == config.specialTokens().eos();
      if (end || text.stopped() || (choice != null && choice.finished())) {
        return FinishReason.STOP;
      }
    }
    return count >= maxNewTokens ? FinishReason.LENGTH : null;
  }

  /** Ends the sequence before its next step; nothing happens if it has ended. Any thread. */
  public void cancel() {
    finishReason.compareAndSet(null, FinishReason.CANCELLED);
  }

  /** Whether there is no next step. Any thread. */
  public boolean finished() {
    return finishReason.get() != null;
  }

  /** Why the sequence ended; null while it goes on. Any thread. */
  @Override
  public @Nullable FinishReason finishReason() {
    return finishReason.get();
  }

  public Task task() {
    return prompt.task();
  }

  public Prompt prompt() {
    return prompt;
  }

  public GenerationOptions options() {
    return options;
  }

  @Override
  public int lastToken() {
    if (count == 0) {
      throw new IllegalStateException("the prompt was not fed yet");
    }
    return generated[count - 1];
  }

  /**
   * The position of {@link #lastToken}: the number of positions already fed (see
   * docs/reference-behaviours.md, 11 and 12).
   */
  @Override
  public int nextPosition() {
    return prompt.length() + count - 1;
  }

  @Override
  public int generatedTokens() {
    return count;
  }

  /** Ids that will be generated at most. */
  public int maxNewTokens() {
    return maxNewTokens;
  }

  /** The generated ids; text or image ids, the end-of-text id included. */
  @Override
  public int[] tokens() {
    return Arrays.copyOf(generated, count);
  }

  /** All text released so far; empty for an image. */
  public String text() {
    return text == null ? "" : text.toString();
  }

  /**
   * What the repetition penalty applies to: the ids of prompt and answer, as in the reference. In
   * text-to-image the prompt's ids belong to the other vocabulary and are left out; the reference
   * would punish unrelated image tokens, or fail where an id is too large.
   */
  private final class Previous implements PreviousTokens {
    @Override
    public int count() {
      return promptTokens() + count;
    }

    @Override
    public int id(int index) {
      int fromPrompt = promptTokens();
      return index < fromPrompt ? promptIds[index] : generated[index - fromPrompt];
    }

    private int promptTokens() {
      return text == null ? 0 : promptIds.length;
    }
  }

  /** What frequency and presence penalty count. */
  private final class Generated implements PreviousTokens {
    @Override
    public int count() {
      return count;
    }

    @Override
    public int id(int index) {
      return generated[index];
    }
  }
}
