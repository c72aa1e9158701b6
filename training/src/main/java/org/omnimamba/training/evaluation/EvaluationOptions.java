package org.omnimamba.training.evaluation;

import org.omnimamba.model.sampling.SamplingParameters;

/**
 * How much is evaluated, and how.
 *
 * @param limit pictures of each measurement and split at most
 * @param drawing how image tokens are drawn; the seed is changed for each picture
 * @param question what is asked about a picture
 * @param maxAnswerTokens an answer is cut after so many tokens
 * @param sheetPictures pictures on the contact sheet for each of seen and held-out pairs
 */
public record EvaluationOptions(
    int limit,
    SamplingParameters drawing,
    String question,
    int maxAnswerTokens,
    int sheetPictures) {

  public EvaluationOptions {
    if (limit < 1) {
      throw new IllegalArgumentException("the limit must be at least 1, is " + limit);
    }
    if (maxAnswerTokens < 1) {
      throw new IllegalArgumentException("an answer has at least 1 token, not " + maxAnswerTokens);
    }
  }

  /** Up to 1,000 pictures of each kind, drawn at temperature 1. */
  public static EvaluationOptions defaults() {
    return new EvaluationOptions(1000, SamplingParameters.defaults(), "what is this?", 32, 12);
  }

  public EvaluationOptions withLimit(int value) {
    return new EvaluationOptions(value, drawing, question, maxAnswerTokens, sheetPictures);
  }

  public EvaluationOptions withDrawing(SamplingParameters value) {
    return new EvaluationOptions(limit, value, question, maxAnswerTokens, sheetPictures);
  }
}
