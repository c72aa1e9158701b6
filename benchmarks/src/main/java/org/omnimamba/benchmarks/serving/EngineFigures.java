package org.omnimamba.benchmarks.serving;

import java.util.Map;
import java.util.TreeMap;

/**
 * What the engine's parts take by themselves, in milliseconds, and what a load could reach with
 * them at most.
 *
 * @param stepMillis by batch, the time of a token of every sequence in the batch, in calls of as
 *     many tokens as the device takes at once
 * @param singleStepMillis the same in calls of one token
 * @param picturePrompt a prompt to draw
 * @param decode from a picture's tokens to its pixels
 * @param towers from a photo to its embeddings, which stay on the device
 * @param photoPrompt a question with its photo, from ids and what the towers have left
 * @param knownPhotoPrompt a question whose photo's state is kept: a copy of it, and the question
 * @param copy of one state on the device
 * @param pictureTokens of a picture
 */
record EngineFigures(
    TreeMap<Integer, Double> stepMillis,
    TreeMap<Integer, Double> singleStepMillis,
    double picturePrompt,
    double decode,
    double towers,
    double photoPrompt,
    double knownPhotoPrompt,
    double copy,
    int pictureTokens) {

  /** Milliseconds of a step, by the smallest measured batch that holds the sequences. */
  double step(int sequences) {
    Map.Entry<Integer, Double> entry = stepMillis.ceilingEntry(sequences);
    return (entry == null ? stepMillis.lastEntry() : entry).getValue();
  }

  private int batch(int clients) {
    return Math.min(clients, stepMillis.lastKey());
  }

  /**
   * Requests per second if nothing but decode steps took any time.
   *
   * @param tokens of an answer; the first comes from the prompt
   */
  double boundOfSteps(int clients, int tokens) {
    return 1000 / stepsOfOne(clients, tokens);
  }

  /** A request's share of the steps that it takes part in. */
  private double stepsOfOne(int clients, int tokens) {
    int batch = batch(clients);
    return (tokens - 1) * step(batch) / batch;
  }

  /** Pictures per second if the device does one thing after the other, without a pause. */
  double boundOfPictures(int clients) {
    return 1000 / (picturePrompt + stepsOfOne(clients, pictureTokens) + decode);
  }

  /** Answers about photos that the service does not know, likewise. */
  double boundOfNewPhotos(int clients, int tokens) {
    return 1000 / (towers + photoPrompt + stepsOfOne(clients, tokens));
  }

  /** Answers about photos whose states are kept, likewise. */
  double boundOfKnownPhotos(int clients, int tokens) {
    return 1000 / (knownPhotoPrompt + stepsOfOne(clients, tokens));
  }
}
