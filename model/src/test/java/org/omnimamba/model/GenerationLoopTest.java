package org.omnimamba.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.generation.FinishReason;
import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.sampling.StepOutput;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.text.Prompt;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Tokenizer;
import org.omnimamba.model.text.Truncation;

class GenerationLoopTest {
  private static final ModelConfig CONFIG = TinyModel.config();
  private static final GenerationOptions GREEDY =
      GenerationOptions.of(SamplingParameters.greedy()).withMaxNewTokens(5);
  private static Tokenizer tokenizer;
  private static Prompt prompt;

  private final List<String> calls = new ArrayList<>();
  private long now;

  @BeforeAll
  static void open() {
    tokenizer = Tokenizer.open(OracleFiles.path("tiny-tokenizer.json"));
    prompt = new PromptLayouts(CONFIG, tokenizer).question("x", Truncation.DISABLED);
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @Test
  void eachTokenIsFedBackAtTheNextPosition() {
    Sequence sequence = sequence(GREEDY);
    List<Integer> heard = new ArrayList<>();
    GenerationTimings timings = run(sequence, token -> heard.add(token.id()));
    int first = prompt.length();
    assertThat(calls)
        .containsExactly(
            "prepare",
            "prefill",
            "10@" + first,
            "11@" + (first + 1),
            "12@" + (first + 2),
            "13@" + (first + 3));
    assertThat(heard).containsExactly(10, 11, 12, 13, 14);
    assertThat(timings)
        .isEqualTo(
            new GenerationTimings(
                Duration.ofNanos(100),
                Duration.ofNanos(20),
                Duration.ofNanos(4 * 3),
                Duration.ZERO));
    assertThat(timings.total()).isEqualTo(Duration.ofNanos(132));
  }

  @Test
  void cancellingTakesEffectBeforeTheNextStep() {
    Sequence sequence = sequence(GREEDY);
    run(
        sequence,
        new TokenListener() {
          private int heard;

          @Override
          public void onToken(GeneratedToken token) {
            heard++;
          }

          @Override
          public boolean cancelled() {
            return heard == 2;
          }
        });
    assertThat(sequence.tokens()).containsExactly(10, 11);
    assertThat(sequence.finishReason()).isEqualTo(FinishReason.CANCELLED);
  }

  @Test
  void cancellingBeforeTheFirstStepFeedsNothing() {
    Sequence sequence = sequence(GREEDY);
    sequence.cancel();
    run(sequence, TokenListener.NONE);
    assertThat(calls).containsExactly("prepare");
  }

  @Test
  void aFailingListenerEndsTheGeneration() {
    Sequence sequence = sequence(GREEDY);
    assertThatThrownBy(
            () ->
                run(
                    sequence,
                    token -> {
                      throw new IllegalStateException("the reader is gone");
                    }))
        .hasMessage("the reader is gone");
    assertThat(calls).containsExactly("prepare", "prefill");
  }

  @Test
  void severalTokensInOneCallAreTakenUntilTheSequenceEnds() {
    Sequence sequence = sequence(GREEDY);
    run(sequence, TokenListener.NONE, 3);
    int first = prompt.length();
    assertThat(calls)
        .containsExactly("prepare", "prefill", "3 from 10@" + first, "13@" + (first + 3));
    assertThat(sequence.tokens()).containsExactly(10, 11, 12, 13, 14);
  }

  /** Of the five tokens the prompt gives one; a call for four draws one that nobody takes. */
  @Test
  void theLastCallMayDrawMoreThanIsTaken() {
    Sequence sequence = sequence(GREEDY);
    run(sequence, TokenListener.NONE, 5);
    assertThat(calls).containsExactly("prepare", "prefill", "5 from 10@" + prompt.length());
    assertThat(sequence.tokens()).containsExactly(10, 11, 12, 13, 14);
  }

  @Test
  void cancellingLeavesTheRestOfACall() {
    Sequence sequence = sequence(GREEDY);
    run(
        sequence,
        token -> {
          if (token.id() == 11) {
            sequence.cancel();
          }
        },
        4);
    assertThat(sequence.tokens()).containsExactly(10, 11);
    assertThat(sequence.finishReason()).isEqualTo(FinishReason.CANCELLED);
  }

  private static Sequence sequence(GenerationOptions options) {
    return new Sequence(CONFIG, tokenizer, prompt, options);
  }

  /** A model that says 10, 11, 12 and so on; its clock moves with its work. */
  private GenerationTimings run(Sequence sequence, TokenListener listener) {
    return run(sequence, listener, 1);
  }

  private GenerationTimings run(Sequence sequence, TokenListener listener, int tokensPerCall) {
    return new GenerationLoop(() -> now)
        .run(
            sequence,
            () -> {
              calls.add("prepare");
              now += 100;
              return () -> {
                calls.add("prefill");
                now += 20;
                return logits(10);
              };
            },
            new GenerationLoop.Step() {
              @Override
              public StepOutput run(int token, int position, @Nullable PlainDraw draw) {
                calls.add(token + "@" + position);
                now += 3;
                return draw == null
                    ? new StepOutput.Logits(logits(token + 1))
                    : new StepOutput.Drawn(token + 1);
              }

              @Override
              public int tokensPerCall() {
                return tokensPerCall;
              }

              @Override
              public int[] runSeveral(int token, int position, List<PlainDraw> draws) {
                calls.add("%d from %d@%d".formatted(draws.size(), token, position));
                return IntStream.rangeClosed(token + 1, token + draws.size()).toArray();
              }
            },
            listener);
  }

  private static float[] logits(int highest) {
    float[] logits = new float[CONFIG.language().textVocabSize()];
    logits[highest] = 5;
    return logits;
  }
}
