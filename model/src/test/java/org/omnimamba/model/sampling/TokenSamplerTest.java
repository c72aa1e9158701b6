package org.omnimamba.model.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenSamplerTest {
  private static final SamplingParameters DRAW = SamplingParameters.defaults();

  private final TokenSampler sampler = new TokenSampler();

  @Test
  void behaviour22GreedyTakesTheFirstOfEqualLogits() {
    float[] logits = {1, 5, 5, 2, 5};
    for (SamplingParameters greedy :
        new SamplingParameters[] {SamplingParameters.greedy(), DRAW.withTopK(1)}) {
      assertThat(sampler.sample(logits, greedy, PreviousTokens.NONE, 0, 0)).isEqualTo(1);
      assertThat(sampler.sample(logits, greedy.withRepetitionPenalty(2), previous(1), 0, 0))
          .isEqualTo(2);
    }
  }

  @Test
  void aDrawDependsOnNothingButItsArguments() {
    float[] logits = randomLogits(1000, 1);
    float[] other = randomLogits(50_000, 2);
    SamplingParameters parameters = DRAW.withSeed(42).withTopP(0.9f);
    int[] alone = new int[50];
    for (int i = 0; i < alone.length; i++) {
      alone[i] = new TokenSampler().sample(logits, parameters, PreviousTokens.NONE, 3, i);
    }
    for (int i = alone.length - 1; i >= 0; i--) {
      sampler.sample(other, DRAW.withTopK(i + 2), PreviousTokens.NONE, i, 7);
      assertThat(sampler.sample(logits, parameters, PreviousTokens.NONE, 3, i)).isEqualTo(alone[i]);
    }
    assertThat(Arrays.stream(alone).distinct().count()).isGreaterThan(10);
  }

  /** 5 - 2 * 0.5 - 1 = 3; 4 - 0.5 - 1 = 2.5; 0 + 2.75; -1 untouched. */
  @Test
  void penaltiesAndBiasAreOpenAis() {
    float[] logits = {5, 4, 0, -1};
    LogitChanges changes = new LogitChanges(0.5f, 1, Map.of(2, 2.75f, 99, 100f));
    Steering steering = new Steering(changes, previous(0, 1, 0), null);
    SamplingParameters greedy = SamplingParameters.greedy();
    assertThat(sampler.sample(logits, greedy, steering, PreviousTokens.NONE, 0, 0)).isZero();
    Steering without0 = new Steering(changes, previous(0, 1, 0), new int[] {1, 2, 3});
    assertThat(sampler.sample(logits, greedy, without0, PreviousTokens.NONE, 0, 0)).isEqualTo(2);
    Steering once = new Steering(changes, previous(1, 0, 0, 0), null);
    assertThat(sampler.sample(logits, greedy, once, PreviousTokens.NONE, 0, 0))
        .as("5 - 3 * 0.5 - 1 = 2.5 is less than 2.75")
        .isEqualTo(2);
    assertThat(logits).containsExactly(5, 4, 0, -1);
  }

  @Test
  void theRepetitionPenaltyComesBeforeWhatIsAdded() {
    float[] logits = {6, 3.5f};
    Steering steering =
        new Steering(new LogitChanges(0, 0, Map.of(0, 1f)), PreviousTokens.NONE, null);
    // 6 / 2 + 1 = 4 is more than 3.5, which (6 + 1) / 2 would not be
    assertThat(
            sampler.sample(
                logits,
                SamplingParameters.greedy().withRepetitionPenalty(2),
                steering,
                previous(0),
                0,
                0))
        .isZero();
  }

  @Test
  void onlyAllowedTokensAreDrawnByTheirOwnProbabilities() {
    float[] logits = {9, 1, 9, 1 + (float) Math.log(3), 9};
    Steering steering = new Steering(LogitChanges.NONE, PreviousTokens.NONE, new int[] {1, 3});
    int[] drawn = new int[5];
    for (int position = 0; position < 4000; position++) {
      drawn[sampler.sample(logits, DRAW.withSeed(5), steering, PreviousTokens.NONE, 0, position)]++;
    }
    assertThat(drawn[1] + drawn[3]).isEqualTo(4000);
    // a quarter and three quarters; 100 are over three standard deviations
    assertThat(drawn[1]).isCloseTo(1000, within(100));
    // the likeliest of the allowed ones alone reaches 0.7
    assertThat(sampler.sample(logits, DRAW.withTopP(0.7f), steering, PreviousTokens.NONE, 0, 1))
        .isEqualTo(3);
    logits[0] = Float.NaN;
    assertThatThrownBy(() -> sampler.sample(logits, DRAW, steering, PreviousTokens.NONE, 0, 0))
        .isInstanceOf(InvalidLogitsException.class);
  }

  @Test
  void changesOutsideTheirRangeAreRefused() {
    assertThatThrownBy(() -> new LogitChanges(2.1f, 0, Map.of()))
        .hasMessage("frequency_penalty must be from -2 to 2");
    assertThatThrownBy(() -> new LogitChanges(0, Float.NaN, Map.of()))
        .hasMessageContaining("presence_penalty");
    assertThatThrownBy(() -> new LogitChanges(0, 0, Map.of(1, -101f)))
        .hasMessage("logit_bias must be from -100 to 100");
  }

  @Test
  void seedImageIndexAndPositionEachChangeTheNumber() {
    double base = CounterRandom.uniform(1, 2, 3);
    assertThat(CounterRandom.uniform(1, 2, 3)).isEqualTo(base);
    assertThat(CounterRandom.uniform(2, 2, 3)).isNotEqualTo(base);
    assertThat(CounterRandom.uniform(1, 3, 3)).isNotEqualTo(base);
    assertThat(CounterRandom.uniform(1, 2, 4)).isNotEqualTo(base);
    assertThat(CounterRandom.uniform(1L << 40, 2, 3)).isNotEqualTo(base);
  }

  @Test
  void randomNumbersAreSpreadEvenly() {
    int[] histogram = new int[16];
    int draws = 64_000;
    for (int seed = 0; seed < 40; seed++) {
      for (int image = 0; image < 4; image++) {
        for (int position = 0; position < 400; position++) {
          double u = CounterRandom.uniform(seed, image, position);
          assertThat(u).isBetween(0.0, Math.nextDown(1.0));
          histogram[(int) (u * 16)]++;
        }
      }
    }
    // 5 standard deviations of a binomial count
    int slack = (int) (5 * Math.sqrt(draws / 16.0));
    for (int count : histogram) {
      assertThat(count).isCloseTo(draws / 16, within(slack));
    }
  }

  @Test
  void drawsFollowTheProbabilities() {
    float[] logits = {0.5f, -1, 2, 0, 1};
    SamplingParameters parameters = DRAW.withTopK(4).withTemperature(1.3f);
    double[] expected = sampler.probabilities(logits, parameters, PreviousTokens.NONE);
    int[] counts = new int[logits.length];
    int draws = 40_000;
    for (int i = 0; i < draws; i++) {
      counts[sampler.sample(logits, parameters.withSeed(9), PreviousTokens.NONE, 0, i)]++;
    }
    assertThat(counts[1]).isZero();
    for (int i = 0; i < counts.length; i++) {
      assertThat(counts[i] / (double) draws).isCloseTo(expected[i], within(0.0125));
    }
  }

  @Test
  void selectionWithoutSortingEqualsSorting() {
    Random random = new Random(7);
    for (int round = 0; round < 300; round++) {
      int n = 1 + random.nextInt(400);
      float[] logits = new float[n];
      for (int i = 0; i < n; i++) {
        // few distinct values, so that ties happen
        logits[i] = round % 2 == 0 ? random.nextInt(6) : (float) random.nextGaussian() * 3;
      }
      int topK = random.nextInt(n + 2);
      float topP = random.nextFloat();
      SamplingParameters parameters = DRAW.withTopK(topK == 1 ? 2 : topK).withTopP(topP);
      assertThat(sampler.probabilities(logits, parameters, PreviousTokens.NONE))
          .as("n %d, top_k %d, top_p %s", n, parameters.topK(), topP)
          .containsExactly(sorted(logits, parameters), within(1e-9));
    }
  }

  /** The same filters the plain way: sort everything, best first, of equals the lower id. */
  private static double[] sorted(float[] logits, SamplingParameters parameters) {
    int[] order =
        IntStream.range(0, logits.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -logits[i]).thenComparing(i -> i))
            .mapToInt(i -> i)
            .toArray();
    int kept = parameters.topK() == 0 ? order.length : Math.min(parameters.topK(), order.length);
    double total = 0;
    for (int i = 0; i < kept; i++) {
      total += Math.exp((double) logits[order[i]] - logits[order[0]]);
    }
    double[] probabilities = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < kept && (parameters.topP() == 0 || sum < parameters.topP() * total); i++) {
      probabilities[order[i]] = Math.exp((double) logits[order[i]] - logits[order[0]]);
      sum += probabilities[order[i]];
    }
    double mass = sum;
    return Arrays.stream(probabilities).map(p -> p / mass).toArray();
  }

  @Test
  void behaviour23MinPComparesRawLogitsAndIgnoresTopP() {
    float[] logits = {-0.1f, 0.5f, 3};
    double[] with = sampler.probabilities(logits, DRAW.withMinP(0.2f), PreviousTokens.NONE);
    assertThat(with[0]).isZero();
    assertThat(with[1]).isPositive();
    assertThat(
            sampler.probabilities(logits, DRAW.withMinP(0.2f).withTopP(0.01f), PreviousTokens.NONE))
        .containsExactly(with);
    assertThat(sampler.probabilities(logits, DRAW.withMinP(0.2f).withTopK(3), PreviousTokens.NONE))
        .containsExactly(
            sampler.probabilities(logits, DRAW.withTopK(3), PreviousTokens.NONE), within(0.0));
  }

  @Test
  void minPThatWouldDropEverythingKeepsTheBest() {
    float[] logits = {-3, -1, -2};
    assertThat(sampler.probabilities(logits, DRAW.withMinP(0.5f), PreviousTokens.NONE))
        .containsExactly(0, 1, 0);
  }

  @Test
  void aTinyTemperatureIsGreedyAndNotNan() {
    float[] logits = {100, 99.9f, -100};
    assertThat(
            sampler.probabilities(
                logits, DRAW.withTemperature(Float.MIN_VALUE), PreviousTokens.NONE))
        .containsExactly(1, 0, 0);
  }

  @Test
  void brokenLogitsAreATypedError() {
    for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] logits = {1, 2, broken, 0};
      for (SamplingParameters parameters :
          new SamplingParameters[] {
            SamplingParameters.greedy(), DRAW, DRAW.withTopK(2), DRAW.withRepetitionPenalty(2)
          }) {
        InvalidLogitsException error =
            catchThrowableOfType(
                InvalidLogitsException.class,
                () -> sampler.sample(logits, parameters, PreviousTokens.NONE, 0, 0));
        assertThat(error.tokenId()).isEqualTo(2);
      }
    }
  }

  @Test
  void logprobsComeFromTheRawDistribution() {
    float[] logits = {1, 2, 3, 2};
    TokenLogprobs logprobs = sampler.logprobs(logits, 0, 3);
    double logSum = Math.log(Math.exp(1) + 2 * Math.exp(2) + Math.exp(3));
    assertThat(logprobs.chosen()).isCloseTo(1 - logSum, within(1e-9));
    assertThat(logprobs.top()).extracting(TokenLogprobs.Candidate::id).containsExactly(2, 1, 3);
    assertThat(logprobs.top().get(0).logprob()).isCloseTo(3 - logSum, within(1e-9));
    assertThat(sampler.logprobs(logits, 2, 0).top()).isEmpty();
  }

  @Test
  void previousTokensOutsideTheVocabularyArePassedOver() {
    float[] logits = {1, 2};
    assertThat(sampler.penalise(logits, 2, previous(5, -1, 1))).containsExactly(1, 1);
    assertThat(logits).containsExactly(1, 2);
  }

  @Test
  void parametersOutsideTheirRangeAreNamed() {
    assertInvalid("temperature", () -> DRAW.withTemperature(-0.1f));
    assertInvalid("temperature", () -> DRAW.withTemperature(Float.NaN));
    assertInvalid("temperature", () -> DRAW.withTemperature(Float.POSITIVE_INFINITY));
    assertInvalid("top_k", () -> DRAW.withTopK(-1));
    assertInvalid("top_p", () -> DRAW.withTopP(1.01f));
    assertInvalid("top_p", () -> DRAW.withTopP(Float.NaN));
    assertInvalid("min_p", () -> DRAW.withMinP(-1));
    assertInvalid("repetition_penalty", () -> DRAW.withRepetitionPenalty(0));
  }

  private static void assertInvalid(String parameter, Runnable construction) {
    assertThatThrownBy(construction::run)
        .isInstanceOfSatisfying(
            InvalidSamplingException.class, e -> assertThat(e.parameter()).isEqualTo(parameter))
        .hasMessageStartingWith(parameter);
  }

  private static float[] randomLogits(int n, long seed) {
    Random random = new Random(seed);
    float[] logits = new float[n];
    for (int i = 0; i < n; i++) {
      logits[i] = (float) random.nextGaussian() * 2;
    }
    return logits;
  }

  private static PreviousTokens previous(int... ids) {
    return new PreviousTokens() {
      @Override
      public int count() {
        return ids.length;
      }

      @Override
      public int id(int index) {
        return ids[index];
      }
    };
  }
}
