package org.omnimamba.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.training.data.Picture;

class MeasuresTest {
  @Test
  void psnrOfAConstantErrorIsTheTextbookValue() {
    // 20 log10(255 / 16)
    assertThat(Psnr.of(grey(100), grey(116))).isCloseTo(24.0485, within(1e-3));
    assertThat(Psnr.of(grey(0), grey(255))).isCloseTo(0, within(1e-9));
    assertThat(Psnr.of(grey(7), grey(7))).isInfinite();
    assertThatThrownBy(() -> Psnr.of(grey(1), new RgbImage(1, 2, new byte[6])))
        .hasMessageContaining("differ in size");
  }

  @ParameterizedTest
  @CsvSource({
    "red apple, red apple, true",
    "A red apple., red apple, true",
    "' the Moon', moon, true",
    "an orange, orange, true",
    "apple, red apple, false",
    "red apples, red apple, false",
    "'', red apple, false"
  })
  void anAnswerIsTheNameButForCaseArticleAndFullStop(String answer, String name, boolean same) {
    assertThat(Answers.names(answer, name)).isEqualTo(same);
  }

  @Test
  void ratesAreInPercent() {
    assertThat(new Rate(1, 8).percent()).isEqualTo(12.5);
    assertThat(new Rate(0, 0).percent()).isZero();
    assertThatThrownBy(() -> new Rate(2, 1)).hasMessageContaining("2 of 1");
  }

  @Test
  void lookupCountsConceptsAmongOneAndFiveAndStylesAmongOne() {
    LabelledPicture appleA = picture("apple", "a");
    LabelledPicture appleB = picture("apple", "b");
    LabelledPicture pearA = picture("pear", "a");
    List<LabelledPicture> real = List.of(appleA, appleB, pearA);
    Evaluation.Lookup lookup =
        Evaluator.lookup(
            List.of(appleA, appleB, pearA, pearA),
            List.of(
                new int[] {0, 1, 2}, // right
                new int[] {2, 0, 1}, // concept among five, neither nearest nor style
                new int[] {1, 0}, // all wrong
                new int[] {0, 2}), // style right, concept second
            real);
    assertThat(lookup.top1()).isEqualTo(new Rate(1, 4));
    assertThat(lookup.top5()).isEqualTo(new Rate(3, 4));
    assertThat(lookup.style()).isEqualTo(new Rate(2, 4));
  }

  private static LabelledPicture picture(String concept, String style) {
    return new LabelledPicture(
        new Picture(0, Picture.Split.TRAIN, concept, concept, List.of(), "food", "fruit", style),
        grey(0));
  }

  private static RgbImage grey(int value) {
    byte[] rgb = new byte[3 * 4 * 4];
    Arrays.fill(rgb, (byte) value);
    return new RgbImage(4, 4, rgb);
  }
}
