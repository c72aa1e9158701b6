package org.omnimamba.training.vq;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.runtime.vision.ImageTokenizer;
import org.omnimamba.training.data.ImageTokens;
import org.omnimamba.training.data.PictureSet;

/**
 * The image tokens of a set of pictures, and how good they are.
 *
 * @param tokens of every picture, in the order of their index, with the caption of the evaluation
 * @param usedCodes how many different codes there are among them
 * @param psnr of some pictures that were decoded again, over all their pixels, in dB
 */
public record PictureTokens(List<ImageTokens> tokens, int usedCodes, double psnr) {
  private static final double PEAK = 255;

  public PictureTokens {
    tokens = List.copyOf(tokens);
  }

  /**
   * Tokenizes all pictures.
   *
   * @param decoded how many of them are decoded again to measure the loss, spread over the set
   * @throws IllegalArgumentException if the pictures are not of the tokenizer's size
   */
  public static PictureTokens of(ImageTokenizer tokenizer, PictureSet set, int decoded) {
    List<RgbImage> images = new ArrayList<>();
    for (int i = 0; i < set.count(); i++) {
      images.add(new RgbImage(set.size(), set.size(), set.pixels(i)));
    }
    List<int[]> codes = tokenizer.encode(images);
    List<ImageTokens> tokens = new ArrayList<>();
    for (int i = 0; i < codes.size(); i++) {
      tokens.add(new ImageTokens(set.pictures().get(i).canonicalCaption(), codes.get(i)));
    }
    int used = (int) codes.stream().flatMapToInt(Arrays::stream).distinct().count();
    return new PictureTokens(tokens, used, psnr(tokenizer, images, codes, decoded));
  }

  private static double psnr(
      ImageTokenizer tokenizer, List<RgbImage> images, List<int[]> codes, int decoded) {
    int count = Math.min(decoded, images.size());
    List<int[]> some = new ArrayList<>();
    List<RgbImage> originals = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int index = (int) ((long) i * images.size() / count);
      some.add(codes.get(index));
      originals.add(images.get(index));
    }
    long squares = 0;
    long values = 0;
    List<RgbImage> drawn = tokenizer.decode(some);
    for (int i = 0; i < count; i++) {
      byte[] before = originals.get(i).rgb();
      byte[] after = drawn.get(i).rgb();
      for (int k = 0; k < before.length; k++) {
        int difference = (before[k] & 0xff) - (after[k] & 0xff);
        squares += (long) difference * difference;
      }
      values += before.length;
    }
    return 10 * Math.log10(PEAK * PEAK * values / squares);
  }
}
