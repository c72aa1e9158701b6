package org.omnimamba.training.vq;

/**
 * How much each term counts in the image tokenizer's loss. Pixels are in -1..1, codes and encoder
 * outputs on the unit sphere; each term is a mean over its elements.
 *
 * @param absolute of the absolute error of a pixel
 * @param square of its squared error, which is what PSNR measures
 * @param edges of the absolute error of the differences of neighbouring pixels, at full, half and
 *     quarter size
 * @param codebook of the squared distance that moves a code towards its vectors
 * @param commitment of the squared distance that moves a vector towards its code
 * @param locality of the squared distance between a place's vectors in two pictures that differ
 *     elsewhere, see {@link Locality}; above 0 it costs a second pass of the encoder
 */
public record VqLossWeights(
    float absolute, float square, float edges, float codebook, float commitment, float locality) {

  public VqLossWeights {
    if (!(absolute >= 0
        && square >= 0
        && edges >= 0
        && codebook >= 0
        && commitment >= 0
        && locality >= 0)) {
      throw new IllegalArgumentException("the weight of a loss term must not be negative");
    }
    if (absolute + square + edges == 0) {
      throw new IllegalArgumentException(
          "one of the weights absolute, square and edges must be positive");
    }
  }

  /** The same with another weight of locality. */
  public VqLossWeights withLocality(float value) {
    return new VqLossWeights(absolute, square, edges, codebook, commitment, value);
  }

  /** As the demo model was trained. */
  public static VqLossWeights defaults() {
    return new VqLossWeights(1f, 1f, 1f, 8f, 2f, 0f);
  }
}
