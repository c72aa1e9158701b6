package org.omnimamba.model.sampling;

import java.util.ArrayList;
import java.util.List;

/**
 * Draws tokens. The result is a pure function of logits, parameters, previous tokens and (seed,
 * image index, position); the sampler itself holds scratch memory only, so one serves many
 * sequences, but one thread.
 *
 * <p>Filters are the reference's, in its order: repetition penalty, top-k, temperature, top-p; or
 * without top-k its min-p mode (see docs/reference-behaviours.md, 23). Nothing here sorts a
 * vocabulary.
 */
public final class TokenSampler {
  private final Candidates candidates = new Candidates();
  private float[] penalised = new float[0];
  private int[] counts = new int[0];

  /**
   * Draws one token.
   *
   * @param logits {@code [vocab]}; left unchanged
   * @param parameters how to draw
   * @param previous tokens that the repetition penalty applies to
   * @param imageIndex which of several results of one seed this is
   * @param position index of the token in its result
   * @return the token's id
   * @throws InvalidLogitsException if a logit is NaN or infinite
   */
  public int sample(
      float[] logits,
      SamplingParameters parameters,
      PreviousTokens previous,
      long imageIndex,
      long position) {
    if (parameters.isGreedy() && parameters.repetitionPenalty() == 1) {
      return argMax(logits);
    }
    float[] effective = penalise(logits, parameters.repetitionPenalty(), previous);
    return draw(effective, parameters, imageIndex, position);
  }

  /**
   * Draws one token under further rules.
   *
   * @param logits {@code [vocab]}; left unchanged
   * @param parameters how to draw
   * @param steering what is added to the logits, and which tokens may be drawn
   * @param previous tokens that the repetition penalty applies to
   * @param imageIndex which of several results of one seed this is
   * @param position index of the token in its result
   * @return the token's id
   * @throws InvalidLogitsException if a logit is NaN or infinite, be it of a token that may not be
   *     drawn
   */
  public int sample(
      float[] logits,
      SamplingParameters parameters,
      Steering steering,
      PreviousTokens previous,
      long imageIndex,
      long position) {
    argMax(logits);
    float[] effective = penalise(logits, parameters.repetitionPenalty(), previous);
    if (!steering.changes().isNone()) {
      effective = change(effective, steering.changes(), steering.generated());
    }
    int[] allowed = steering.allowed();
    if (allowed == null) {
      return draw(effective, parameters, imageIndex, position);
    }
    float[] few = new float[allowed.length];
    for (int i = 0; i < few.length; i++) {
      few[i] = effective[allowed[i]];
    }
    return allowed[draw(few, parameters, imageIndex, position)];
  }

  private int draw(
      float[] effective, SamplingParameters parameters, long imageIndex, long position) {
    if (parameters.isGreedy()) {
      return argMax(effective);
    }
    double total = filter(effective, parameters);
    return pick(CounterRandom.uniform(parameters.seed(), imageIndex, position) * total);
  }

  /**
   * Draws one token as a device does in its step; up to rounding the same token.
   *
   * @param logits {@code [vocab]}; left unchanged
   * @throws InvalidLogitsException if a logit is NaN or infinite
   */
  public int sample(float[] logits, PlainDraw draw) {
    int best = argMax(logits);
    if (draw.temperature() == 0) {
      return best;
    }
    candidates.reset(logits);
    return pick(draw.uniform() * candidates.weigh(logits[best], draw.temperature()));
  }

  private int pick(double target) {
    double sum = 0;
    for (int i = 0; i < candidates.size(); i++) {
      sum += candidates.weight(i);
      if (target < sum) {
        return candidates.id(i);
      }
    }
    return candidates.id(candidates.size() - 1);
  }

  /**
   * Log-probabilities in the raw distribution.
   *
   * @param logits {@code [vocab]}
   * @param chosen the chosen token
   * @param topN how many of the most probable tokens to list as well
   */
  public TokenLogprobs logprobs(float[] logits, int chosen, int topN) {
    float highest = logits[argMax(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp((double) logit - highest);
    }
    double logSum = highest + Math.log(sum);
    List<TokenLogprobs.Candidate> top = new ArrayList<>();
    if (topN > 0) {
      candidates.reset(logits);
      candidates.keepBest(topN);
      for (int i = 0; i < candidates.size(); i++) {
        top.add(new TokenLogprobs.Candidate(candidates.id(i), candidates.logit(i) - logSum));
      }
      top.sort(
          (a, b) ->
              a.logprob() == b.logprob()
                  ? Integer.compare(a.id(), b.id())
                  : Double.compare(b.logprob(), a.logprob()));
    }
    return new TokenLogprobs(logits[chosen] - logSum, top);
  }

  /** The probabilities that reach the draw, over the whole vocabulary. */
  double[] probabilities(float[] logits, SamplingParameters parameters, PreviousTokens previous) {
    float[] effective = penalise(logits, parameters.repetitionPenalty(), previous);
    double[] probabilities = new double[logits.length];
    if (parameters.isGreedy()) {
      probabilities[argMax(effective)] = 1;
      return probabilities;
    }
    double total = filter(effective, parameters);
    for (int i = 0; i < candidates.size(); i++) {
      probabilities[candidates.id(i)] = candidates.weight(i) / total;
    }
    return probabilities;
  }

  /**
   * The logits after the penalty: a previous token's logit is divided by it, or multiplied where
   * negative; once, however often the token stands there.
   */
  float[] penalise(float[] logits, float penalty, PreviousTokens previous) {
    if (penalty == 1) {
      return logits;
    }
    if (penalised.length != logits.length) {
      penalised = new float[logits.length];
    }
    System.arraycopy(logits, 0, penalised, 0, logits.length);
    for (int i = 0; i < previous.count(); i++) {
      int id = previous.id(i);
      if (id >= 0 && id < logits.length) {
        penalised[id] = logits[id] < 0 ? logits[id] * penalty : logits[id] / penalty;
      }
    }
    return penalised;
  }

  /** The logits with what {@link LogitChanges} adds; ids outside the vocabulary add nothing. */
  private float[] change(float[] logits, LogitChanges changes, PreviousTokens generated) {
    if (penalised.length != logits.length) {
      penalised = new float[logits.length];
    }
    if (logits != penalised) {
      System.arraycopy(logits, 0, penalised, 0, logits.length);
    }
    changes
        .bias()
        .forEach(
            (id, bias) -> {
              if (id < penalised.length) {
                penalised[id] += bias;
              }
            });
    if (changes.punishes()) {
      punish(changes, generated);
    }
    return penalised;
  }

  private void punish(LogitChanges changes, PreviousTokens generated) {
    if (counts.length < penalised.length) {
      counts = new int[penalised.length];
    }
    for (int i = 0; i < generated.count(); i++) {
      counts[generated.id(i)]++;
    }
    for (int i = 0; i < generated.count(); i++) {
      int id = generated.id(i);
      if (counts[id] > 0) {
        penalised[id] -= counts[id] * changes.frequencyPenalty() + changes.presencePenalty();
        counts[id] = 0;
      }
    }
  }

  /** Leaves in {@link #candidates} what may be drawn, weighted; returns the sum of weights. */
  private double filter(float[] logits, SamplingParameters parameters) {
    float highest = logits[argMax(logits)];
    candidates.reset(logits);
    if (parameters.topK() > 0) {
      candidates.keepBest(parameters.topK());
    } else if (parameters.minP() > 0) {
      keepMinP(highest, parameters.minP());
      return candidates.weigh(highest, parameters.temperature());
    }
    double total = candidates.weigh(highest, parameters.temperature());
    return parameters.limitsMass() ? candidates.keepMass(parameters.topP() * total) : total;
  }

  /**
   * The reference compares raw logits with a probability. Where that would leave no token (all
   * logits below it; the reference then fails), the best ones stay.
   */
  private void keepMinP(float highest, float minP) {
    double highestProbability = 1 / candidates.weigh(highest, 1);
    double threshold = highestProbability * minP;
    candidates.keepAtLeast(Math.min(threshold, highest));
  }

  /** The first of the highest logits; checks all of them. */
  private static int argMax(float[] logits) {
    int best = 0;
    for (int i = 0; i < logits.length; i++) {
      float logit = logits[i];
      if (!(Math.abs(logit) <= Float.MAX_VALUE)) {
        throw new InvalidLogitsException(i, logit);
      }
      if (logit > logits[best]) {
        best = i;
      }
    }
    return best;
  }
}
