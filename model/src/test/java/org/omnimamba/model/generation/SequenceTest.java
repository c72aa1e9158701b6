package org.omnimamba.model.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.sampling.InvalidLogitsException;
import org.omnimamba.model.sampling.LogitChanges;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.sampling.TokenSampler;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.text.AnswerChoices;
import org.omnimamba.model.text.Prompt;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Tokenizer;
import org.omnimamba.model.text.Truncation;
import tools.jackson.databind.JsonNode;

class SequenceTest {
  private static final ModelConfig CONFIG = TinyModel.config();
  private static final GenerationOptions GREEDY = GenerationOptions.of(SamplingParameters.greedy());
  private static Tokenizer tokenizer;
  private static Prompt question;
  private static Prompt caption;

  private final TokenSampler sampler = new TokenSampler();

  @BeforeAll
  static void open() {
    tokenizer = Tokenizer.open(OracleFiles.path("tiny-tokenizer.json"));
    PromptLayouts layouts = new PromptLayouts(CONFIG, tokenizer);
    question = layouts.question("What is the color of the house?", Truncation.DISABLED);
    caption = layouts.t2i("A cat and a dog.", Truncation.DISABLED);
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @Test
  void behaviour19NewIdsAreMaxLengthMinusThePromptWithItsImagePlaces() {
    assertThat(question.length()).isEqualTo(49);
    for (JsonNode rule : Golden.json("generate-tiny").path("decode_rules")) {
      int maxLength = rule.path("max_length").intValue();
      Sequence sequence = text(GREEDY.withMaxNewTokens(GenerationOptions.newTokens(maxLength, 49)));
      int generated = 0;
      while (!sequence.finished()) {
        accept(sequence, 40);
        generated++;
      }
      assertThat(generated).isEqualTo(rule.path("n_generated").intValue());
      assertThat(sequence.finishReason()).isEqualTo(FinishReason.LENGTH);
    }
  }

  @Test
  void behaviour19AnImageHasExactlyItsTokensAndNoEnd() {
    Sequence sequence = new Sequence(CONFIG, tokenizer, caption, GREEDY.withMaxNewTokens(3));
    for (int i = 0; i < 16; i++) {
      assertThat(sequence.finished()).isFalse();
      assertThat(accept(sequence, CONFIG.specialTokens().eos()).text()).isEmpty();
    }
    assertThat(sequence.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(sequence.tokens()).hasSize(16).containsOnly(0);
    assertThat(sequence.text()).isEmpty();
  }

  @Test
  void behaviour12GenerationStopsAtTheLastPosition() {
    Sequence sequence = text(GREEDY);
    assertThat(sequence.maxNewTokens()).isEqualTo(1500 + 1 - 49);
    int highest = 0;
    while (!sequence.finished()) {
      accept(sequence, 40);
      if (!sequence.finished()) {
        highest = sequence.nextPosition();
      }
    }
    assertThat(highest).isEqualTo(1499);
    assertThat(sequence.finishReason()).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void positionsCountOnFromThePrompt() {
    Sequence image = new Sequence(CONFIG, tokenizer, caption, GREEDY);
    assertThatThrownBy(image::lastToken).isInstanceOf(IllegalStateException.class);
    accept(image, 5);
    assertThat(image.lastToken()).isEqualTo(5);
    assertThat(image.nextPosition()).isEqualTo(72);
    accept(image, 6);
    assertThat(image.nextPosition()).isEqualTo(73);

    Sequence text = text(GREEDY);
    accept(text, 40);
    assertThat(text.nextPosition()).isEqualTo(49);
  }

  @Test
  void behaviour20TheEndOfTextIdIsPartOfTheIdsButNotOfTheText() {
    Sequence sequence = text(GREEDY);
    accept(sequence, 168);
    GeneratedToken last = accept(sequence, 0);
    assertThat(last.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(sequence.tokens()).containsExactly(168, 0);
    assertThat(sequence.text()).isEqualTo(" dog");
    assertThatThrownBy(() -> accept(sequence, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ended");
  }

  @Test
  void withoutEndOfTextOnlyLengthEnds() {
    Sequence sequence = text(GREEDY.withoutEndOfText().withMaxNewTokens(3));
    accept(sequence, 0);
    accept(sequence, 0);
    assertThat(sequence.finished()).isFalse();
    accept(sequence, 0);
    assertThat(sequence.finishReason()).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void behaviour6AnIdBeyondTheTokenizerAddsNoText() {
    Sequence sequence = text(GREEDY);
    assertThat(accept(sequence, 207).text()).isEmpty();
    assertThat(sequence.tokens()).containsExactly(207);
  }

  @Test
  void aStopStringCutsTheTextAndIsNeverStreamed() {
    Sequence sequence = text(GREEDY.withStop(List.of("g d")));
    assertThat(accept(sequence, 168).text()).isEqualTo(" do");
    GeneratedToken last = accept(sequence, 168);
    assertThat(last.text()).isEmpty();
    assertThat(last.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(sequence.text()).isEqualTo(" do");
    assertThat(sequence.tokens()).containsExactly(168, 168);
  }

  @Test
  void heldTextComesWithTheLastToken() {
    Sequence sequence = text(GREEDY.withStop(List.of("g!")).withMaxNewTokens(2));
    assertThat(accept(sequence, 168).text()).isEqualTo(" do");
    assertThat(accept(sequence, 0).text()).isEqualTo("g");
    assertThat(sequence.text()).isEqualTo(" dog");
  }

  @Test
  void cancellingEndsBetweenSteps() {
    Sequence sequence = text(GREEDY);
    accept(sequence, 168);
    sequence.cancel();
    assertThat(sequence.finished()).isTrue();
    assertThat(sequence.finishReason()).isEqualTo(FinishReason.CANCELLED);
    // a step that was under way when the caller gave up
    assertThat(accept(sequence, 168).finishReason()).isEqualTo(FinishReason.CANCELLED);

    Sequence done = text(GREEDY);
    accept(done, 0);
    done.cancel();
    assertThat(done.finishReason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void brokenLogitsLeaveTheSequenceAsItWas() {
    Sequence sequence = text(GREEDY);
    accept(sequence, 168);
    float[] broken = new float[208];
    broken[3] = Float.NaN;
    assertThatThrownBy(() -> sequence.accept(broken, sampler))
        .isInstanceOf(InvalidLogitsException.class);
    assertThat(sequence.tokens()).containsExactly(168);
    assertThatThrownBy(() -> sequence.accept(new float[128], sampler))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("208");
  }

  @Test
  void aDeviceDrawsTheTokensThatTheHostWould() {
    SamplingParameters warm = SamplingParameters.defaults().withTemperature(0.8f).withSeed(9);
    GenerationOptions options = GenerationOptions.of(warm).withImageIndex(3);
    Sequence onHost = new Sequence(CONFIG, tokenizer, caption, options);
    Sequence onDevice = new Sequence(CONFIG, tokenizer, caption, options);
    Random random = new Random(1);
    for (int i = 0; i < CONFIG.language().imageTokens(); i++) {
      float[] logits = new float[128];
      for (int id = 0; id < logits.length; id++) {
        logits[id] = (float) random.nextGaussian();
      }
      PlainDraw draw = onDevice.nextDraw();
      GeneratedToken drawn = onDevice.accept(sampler.sample(logits, draw));
      assertThat(drawn).isEqualTo(onHost.accept(logits, sampler));
    }
    assertThat(onDevice.finished()).isTrue();
    assertThatThrownBy(() -> onDevice.accept(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void drawsThatNeedMoreThanATemperatureStayOnTheHost() {
    SamplingParameters plain = SamplingParameters.defaults();
    assertThat(text(GREEDY).nextDraw()).isEqualTo(PlainDraw.BEST);
    assertThat(text(GREEDY.withTopLogprobs(0)).nextDraw()).isNull();
    for (SamplingParameters filtered :
        List.of(
            plain.withTopK(5),
            plain.withTopP(0.9f),
            plain.withMinP(0.1f),
            plain.withRepetitionPenalty(1.1f))) {
      assertThat(text(GenerationOptions.of(filtered)).nextDraw()).isNull();
    }
    Sequence sequence = text(GREEDY);
    assertThatThrownBy(() -> sequence.accept(-1)).isInstanceOf(InvalidLogitsException.class);
    assertThat(sequence.tokens()).isEmpty();
  }

  @Test
  void theRepetitionPenaltyCoversPromptAndAnswerButNotACaption() {
    SamplingParameters penalty = SamplingParameters.greedy().withRepetitionPenalty(2);
    int inPrompt = question.ids()[5];
    Sequence text = text(GenerationOptions.of(penalty));
    float[] logits = new float[208];
    logits[inPrompt] = 3;
    logits[168] = 2;
    logits[120] = 1.2f;
    assertThat(text.accept(logits, sampler).id()).isEqualTo(168);
    assertThat(text.accept(logits, sampler).id()).isEqualTo(inPrompt);

    Sequence image = new Sequence(CONFIG, tokenizer, caption, GenerationOptions.of(penalty));
    int inCaption = caption.ids()[69];
    assertThat(inCaption).isLessThan(128);
    float[] imageLogits = new float[128];
    imageLogits[inCaption] = 3;
    imageLogits[7] = 2;
    assertThat(image.accept(imageLogits, sampler).id()).isEqualTo(inCaption);
    assertThat(image.accept(imageLogits, sampler).id()).isEqualTo(7);
  }

  @Test
  void logprobsComeWithEachTokenWhenAskedFor() {
    Sequence sequence = text(GREEDY.withTopLogprobs(2));
    GeneratedToken token = accept(sequence, 168);
    assertThat(token.logprobs()).isNotNull();
    assertThat(token.logprobs().top()).hasSize(2);
    assertThat(token.logprobs().chosen()).isEqualTo(token.logprobs().top().get(0).logprob());
    assertThat(accept(text(GREEDY), 168).logprobs()).isNull();
  }

  @Test
  void theAnswerIsOneOfItsChoicesWhateverTheLogitsSay() {
    List<String> texts = List.of("dog", "dog house", "a cat");
    AnswerChoices choices = tokenizer.choices(texts, CONFIG.specialTokens().eos());
    Set<String> answers = new HashSet<>();
    for (int seed = 0; seed < 60; seed++) {
      SamplingParameters parameters =
          SamplingParameters.defaults().withSeed(seed).withTopP(0.9f).withTemperature(seed % 3);
      GenerationOptions options =
          GenerationOptions.of(parameters)
              .withChoices(choices)
              .withMaxNewTokens(choices.mostTokens());
      Sequence sequence = text(options);
      Random random = new Random(seed);
      while (!sequence.finished()) {
        assertThat(sequence.nextDraws(4)).as("its tokens are drawn from logits here").isEmpty();
        float[] logits = new float[CONFIG.language().outputVocabSize(Task.MMU)];
        for (int i = 0; i < logits.length; i++) {
          logits[i] = 4 * (float) random.nextGaussian();
        }
        sequence.accept(logits, sampler);
      }
      assertThat(sequence.finishReason()).isEqualTo(FinishReason.STOP);
      assertThat(sequence.text()).isIn(texts);
      boolean ended = sequence.lastToken() == CONFIG.specialTokens().eos();
      assertThat(ended).as("only 'dog' could go on").isEqualTo(sequence.text().equals("dog"));
      answers.add(sequence.text());
    }
    assertThat(answers).containsExactlyInAnyOrderElementsOf(texts);
  }

  @Test
  void aChoiceThatIsCutByItsLengthSaysSo() {
    AnswerChoices choices = tokenizer.choices(List.of("dog house"), CONFIG.specialTokens().eos());
    Sequence sequence = text(GREEDY.withChoices(choices).withMaxNewTokens(1));
    assertThat(accept(sequence, 0).finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat("dog house").startsWith(sequence.text());
  }

  @Test
  void aTokenThatCameAlreadyLosesItsPenalties() {
    Sequence sequence = text(GREEDY.withChanges(new LogitChanges(2, 2, Map.of(40, 3f))));
    float[] logits = new float[CONFIG.language().outputVocabSize(Task.MMU)];
    logits[50] = 10;
    // id 40 has 3; id 50 has 10, then 10 - 4, 10 - 6 and 10 - 8
    for (int expected : new int[] {50, 50, 50, 40, 50}) {
      assertThat(sequence.nextDraws(1)).isEmpty();
      assertThat(sequence.accept(logits, sampler).id()).isEqualTo(expected);
    }
  }

  @Test
  void optionsOutsideTheirRangeAreRefused() {
    assertThatThrownBy(() -> GREEDY.withMaxNewTokens(0)).hasMessageContaining("max_tokens");
    assertThatThrownBy(() -> GREEDY.withStop(List.of("a", ""))).hasMessageContaining("stop");
    assertThatThrownBy(() -> GREEDY.withTopLogprobs(-2)).hasMessageContaining("top_logprobs");
  }

  private static Sequence text(GenerationOptions options) {
    return new Sequence(CONFIG, tokenizer, question, options);
  }

  /** Logits that make one id the highest. */
  private GeneratedToken accept(Sequence sequence, int id) {
    Task task = sequence.task();
    float[] logits = new float[CONFIG.language().outputVocabSize(task)];
    logits[id] = 10;
    return sequence.accept(logits, sampler);
  }
}
