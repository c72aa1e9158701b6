package org.omnimamba.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.omnimamba.benchmarks.figures.Measurement;
import org.omnimamba.benchmarks.figures.Rounding;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.image.ImageEncoder;
import org.omnimamba.model.image.ImagePreprocessor;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.omnimamba.model.runtime.language.PromptEmbeddings;
import org.omnimamba.model.runtime.vision.ImageTokenizer;
import org.omnimamba.model.runtime.vision.VisionEncoder;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.PreviousTokens;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.sampling.TokenSampler;

/**
 * Whole requests to a loaded model: a picture from prompt to PNG, and the first token of a question
 * about a photo.
 */
final class RequestBenchmark {
  private static final int QUESTION_TOKENS = 24;
  private static final int PHOTO_WIDTH = 1024;
  private static final int PHOTO_HEIGHT = 768;

  private final ModelConfig config;
  private final LanguageModel language;
  private final TokenSampler sampler = new TokenSampler();

  RequestBenchmark(ModelConfig config, LanguageModel language) {
    this.config = config;
    this.language = language;
  }

  /** Prompt, all image tokens, pixels, PNG. */
  Map<String, Object> picture(ImageTokenizer images, SamplingParameters sampling, int runs) {
    int[] ids = new int[config.language().t2iPromptTokens()];
    String name =
        "picture of %d px, %s"
            .formatted(images.width(), sampling.isGreedy() ? "greedy" : "sampled");
    return Measurement.of(
            name,
            runs,
            0,
            () -> {
              PromptEmbeddings prompt = language.embedT2i(ids);
              float[] logits = language.prefill(Task.T2I, 0, prompt, 0, prompt.length());
              int[] codes = new int[images.tokens()];
              codes[0] = sampler.sample(logits, sampling, PreviousTokens.NONE, 0, 0);
              List<PlainDraw> draws = new ArrayList<>();
              for (int i = 1; i < codes.length; i++) {
                draws.add(Objects.requireNonNull(PlainDraw.of(sampling, 0, i)));
              }
              StepRow row = new StepRow(Task.T2I, 0, codes[0], prompt.length(), draws);
              int[] rest = language.steps(List.of(row), draws.size())[0];
              System.arraycopy(rest, 0, codes, 1, rest.length);
              ImageEncoder.png(images.decode(List.of(codes)).get(0));
            })
        .json();
  }

  /** Preprocessing, towers, projector, prompt, first token; and how it divides. */
  Map<String, Object> question(VisionEncoder vision, int runs) {
    byte[] rgb = new byte[3 * PHOTO_WIDTH * PHOTO_HEIGHT];
    new Random(1).nextBytes(rgb);
    RgbImage photo = new RgbImage(PHOTO_WIDTH, PHOTO_HEIGHT, rgb);
    ImagePreprocessor preprocessor = new ImagePreprocessor(config.vision());
    int[] ids = new int[QUESTION_TOKENS];
    double[] parts = new double[3];
    Measurement measured =
        Measurement.of(
            "first token of a question about a photo",
            runs,
            0,
            () -> {
              long start = System.nanoTime();
              var pixels = preprocessor.prepare(photo);
              long prepared = System.nanoTime();
              float[] seen = vision.encode(pixels);
              long encoded = System.nanoTime();
              PromptEmbeddings prompt = language.embedMmu(ids, seen);
              float[] logits = language.prefill(Task.MMU, 0, prompt, 0, prompt.length());
              sampler.sample(logits, SamplingParameters.greedy(), PreviousTokens.NONE, 0, 0);
              parts[0] = (prepared - start) / 1e6;
              parts[1] = (encoded - prepared) / 1e6;
              parts[2] = (System.nanoTime() - encoded) / 1e6;
            });
    Map<String, Object> json = new LinkedHashMap<>(measured.json());
    json.put("last_preprocessing_ms", Rounding.tenths(parts[0]));
    json.put("last_towers_and_projector_ms", Rounding.tenths(parts[1]));
    json.put("last_prompt_ms", Rounding.tenths(parts[2]));
    return json;
  }
}
