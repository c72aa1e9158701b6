package org.omnimamba.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.ImageGenerator;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.TextGenerator;
import org.omnimamba.model.TokenListener;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.image.ImageDecoder;
import org.omnimamba.model.image.ImageLimits;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Truncation;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureSet;
import org.omnimamba.training.evaluation.Evaluation.Part;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EvaluatorTest {
  private static final int SIZE = 32;

  @TempDir private Path temp;

  /** More sequences than slots give what each would have been given alone. */
  @Test
  void batchesGiveWhatSingleSequencesGive() {
    try (OmniMamba model = load(3)) {
      EvaluationOptions options = options();
      PromptLayouts layouts = new PromptLayouts(model.config(), model.tokenizer());
      List<LabelledPicture> pictures = EvaluationPictures.sample(set(Picture.Split.TRAIN, 5), 5);
      List<String> answers = new PictureNaming(model, options).answers(pictures);
      List<String> captions = pictures.stream().map(p -> p.label().canonicalCaption()).toList();
      List<RgbImage> drawn = new PictureDrawing(model, options).draw(captions);
      for (int i = 0; i < pictures.size(); i++) {
        assertThat(answers.get(i))
            .isEqualTo(
                new TextGenerator(model)
                    .generate(
                        layouts.question(options.question(), Truncation.DISABLED),
                        pictures.get(i).image(),
                        GenerationOptions.of(SamplingParameters.greedy())
                            .withMaxNewTokens(options.maxAnswerTokens()),
                        TokenListener.NONE)
                    .text());
        RgbImage alone =
            new ImageGenerator(model)
                .generate(
                    layouts.t2i(captions.get(i), Truncation.AUTO),
                    GenerationOptions.of(options.drawing().withSeed(i)),
                    TokenListener.NONE)
                .image();
        // the same tokens; pictures that are decoded together differ by rounding
        assertThat(Psnr.of(drawn.get(i), alone)).isGreaterThan(50);
      }
    }
  }

  @Test
  void measuresAndWritesEverything() throws IOException {
    List<String> progress = new ArrayList<>();
    EvaluationPictures pictures =
        new EvaluationPictures(
            set(Picture.Split.TRAIN, 6),
            set(Picture.Split.HELDOUT, 2),
            set(Picture.Split.UNSEEN, 3));
    Evaluator.Result result;
    try (OmniMamba model = load(4)) {
      result = new Evaluator(model, pictures, options(), progress::add).run();
    }
    Evaluation evaluation = result.evaluation();
    assertThat(evaluation.reconstruction()).containsOnlyKeys(Part.values());
    assertThat(evaluation.reconstruction().values()).allMatch(psnr -> psnr > 0 && psnr < 60);
    assertThat(evaluation.naming().get(Part.SEEN).total()).isEqualTo(4);
    assertThat(evaluation.naming().get(Part.HELD_OUT).total()).isEqualTo(2);
    assertThat(evaluation.drawing()).containsOnlyKeys(Part.SEEN, Part.HELD_OUT);
    assertThat(evaluation.drawing().get(Part.SEEN).byPixels().top5().total()).isEqualTo(4);
    assertThat(evaluation.examples().get(Part.UNSEEN)).hasSize(3);
    assertThat(progress).contains("drawing 2 held-out pairs");

    result.write(temp.resolve("out"));
    JsonNode json =
        JsonMapper.shared().readTree(Files.readString(temp.resolve("out/evaluation.json")));
    assertThat(json.path("mmu_exact_name").path("held_out_pairs").path("total").intValue())
        .isEqualTo(2);
    assertThat(json.path("t2i").path("seen_pairs").path("by_features").path("top5").isObject())
        .isTrue();
    assertThat(temp.resolve("out/evaluation.md"))
        .content()
        .contains("| VQ reconstruction, PSNR | ")
        .contains("| measure | seen pairs | held-out pairs | unseen style |")
        .contains("| T2I, asked concept, top-5 by features | ")
        .contains(" of 4)");
    RgbImage sheet =
        new ImageDecoder(ImageLimits.DEFAULT)
            .decode(Files.readAllBytes(temp.resolve("out/contact-sheet.png")));
    assertThat(sheet).isEqualTo(result.sheet());
  }

  private static EvaluationOptions options() {
    return new EvaluationOptions(4, SamplingParameters.defaults(), "what is this?", 6, 2);
  }

  private static OmniMamba load(int slots) {
    RuntimeOptions options = RuntimeOptions.cpu().withSlots(slots);
    return OmniMamba.load(
        TinyModel.directory(),
        options.withExecution(options.execution().withCompile(false).withThreads(1)));
  }

  /** Pictures of coloured noise. */
  private static PictureSet set(Picture.Split split, int count) {
    List<Picture> pictures = new ArrayList<>();
    List<byte[]> pixels = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(count);
    for (int i = 0; i < count; i++) {
      pictures.add(
          new Picture(
              i, split, "C" + i, "thing " + i, List.of(), "things", "other", "style" + i % 2));
      byte[] rgb = new byte[3 * SIZE * SIZE];
      random.nextBytes(rgb);
      pixels.add(rgb);
    }
    return new PictureSet(SIZE, pictures, pixels);
  }
}
