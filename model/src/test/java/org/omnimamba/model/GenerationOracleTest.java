package org.omnimamba.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.FinishReason;
import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.image.ImageDecoder;
import org.omnimamba.model.image.ImageLimits;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.runtime.language.PromptEmbeddings;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.sampling.TokenSampler;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.GoldenSteps;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.TestDevice;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.text.Prompt;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Truncation;
import tools.jackson.databind.JsonNode;

/** From text and pixels to ids, text and pixels, against the reference's greedy generation. */
class GenerationOracleTest {
  private static final GenerationOptions GREEDY = GenerationOptions.of(SamplingParameters.greedy());
  private static OmniMamba model;
  private static PromptLayouts layouts;
  private static TextGenerator texts;
  private static ImageGenerator images;

  @BeforeAll
  static void load() {
    model = OmniMamba.load(TinyModel.directory(), options());
    layouts = new PromptLayouts(model.config(), model.tokenizer());
    texts = new TextGenerator(model);
    images = new ImageGenerator(model);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static RuntimeOptions options() {
    // on an accelerator as it is served there; on the CPU compiling takes longer than it saves
    RuntimeOptions exact = TestDevice.exact();
    return exact.withExecution(exact.execution().withCompile(TestDevice.isGpu()));
  }

  @Test
  void captionsBecomeTheReferencesIdsAndPictures() {
    Golden golden = Golden.of("generate-tiny");
    for (JsonNode run : golden.json().path("t2i")) {
      String tag = run.path("tag").stringValue();
      float[] pictures = golden.floats(tag + "/image");
      int size = pictures.length / run.path("captions").size();
      for (int row = 0; row < run.path("captions").size(); row++) {
        Prompt prompt = layouts.t2i(run.path("captions").get(row).stringValue(), Truncation.AUTO);
        List<Integer> heard = new ArrayList<>();
        ImageResult result =
            images.generate(prompt, GREEDY.withImageIndex(row), t -> heard.add(t.id()));
        assertThat(result.tokens())
            .as("%s row %d", tag, row)
            .isEqualTo(ids(run.path("generated").get(row)))
            .isEqualTo(heard);
        assertThat(result.image()).isNotNull();
        assertPixels(result.image(), Arrays.copyOfRange(pictures, row * size, (row + 1) * size));
      }
    }
  }

  /** Reference pixels are {@code [3, height, width]}, about -1 to 1. */
  private static void assertPixels(RgbImage image, float[] expected) {
    byte[] rgb = image.rgb();
    int pixels = image.width() * image.height();
    assertThat(expected).hasSize(3 * pixels);
    for (int i = 0; i < pixels; i++) {
      for (int channel = 0; channel < 3; channel++) {
        float value = Math.max(-1, Math.min(1, expected[channel * pixels + i]));
        assertThat((double) (rgb[3 * i + channel] & 0xff))
            .isCloseTo((value + 1) * 127.5, within(1.0));
      }
    }
  }

  @Test
  void behaviour21AnswersAndWholeSequencesDecodeAsInTheReference() {
    for (JsonNode run : Golden.json("generate-tiny").path("mmu")) {
      Prompt prompt = layouts.question(run.path("question").stringValue(), Truncation.DISABLED);
      assertThat(prompt.length()).isEqualTo(run.path("embeddings_len").intValue());
      TextResult result = answer(model, texts, run, run.path("max_length").intValue());
      assertThat(result.tokens())
          .as(run.path("tag").stringValue())
          .isEqualTo(ids(run.path("generated").get(0)));
      assertDecoded(prompt, result, run);
    }
  }

  @Test
  void everyRunOfTheFullPathEqualsTheReference() {
    try (OmniMamba rounded = OmniMamba.load(TinyModel.bfloat16Directory(), options())) {
      for (JsonNode run : Golden.json("full-mmu-tiny").path("runs")) {
        OmniMamba weights = run.path("tag").stringValue().equals("bf16_weights") ? rounded : model;
        TextResult result =
            answer(weights, new TextGenerator(weights), run, run.path("max_length").intValue());
        assertThat(result.tokens())
            .as(run.path("tag").stringValue())
            .isEqualTo(ids(run.path("generated")));
        assertThat(result.finishReason())
            .isEqualTo(
                run.path("stopped_by").stringValue().equals("eos")
                    ? FinishReason.STOP
                    : FinishReason.LENGTH);
        assertDecoded(
            layouts.question(run.path("question").stringValue(), Truncation.DISABLED), result, run);
      }
    }
  }

  /**
   * Behaviour 21: the reference's sequence is the prompt without image places, then the new ids,
   * and it prints all of it; the API's text is the new ids without the end of text.
   */
  private static void assertDecoded(Prompt prompt, TextResult result, JsonNode run) {
    int[] generated = result.tokens().stream().mapToInt(i -> i).toArray();
    int[] sequence =
        IntStream.concat(IntStream.of(prompt.ids()), IntStream.of(generated)).toArray();
    String decoded = run.path("decoded_new_tokens").stringValue();
    assertThat(model.tokenizer().decode(sequence))
        .isEqualTo(run.path("decoded_sequence").stringValue());
    assertThat(model.tokenizer().decode(generated)).isEqualTo(decoded);
    assertThat(result.text()).isEqualTo(decoded.replace("<|endoftext|>", ""));
  }

  private static TextResult answer(
      OmniMamba weights, TextGenerator generator, JsonNode run, int maxLength) {
    Prompt prompt =
        new PromptLayouts(weights.config(), weights.tokenizer())
            .question(run.path("question").stringValue(), Truncation.DISABLED);
    return generator.generate(
        prompt,
        photo(run.path("photo").stringValue()),
        GREEDY.withMaxNewTokens(GenerationOptions.newTokens(maxLength, prompt.length())),
        TokenListener.NONE);
  }

  @Test
  void behaviour20TheReferencesBatchGoesOnPastTheEndOfOneRow() {
    JsonNode batch = Golden.json("generate-tiny").path("mmu_batch2").path("generated");
    JsonNode runs = Golden.json("generate-tiny").path("mmu");
    for (int row = 0; row < 2; row++) {
      Prompt prompt =
          layouts.question(runs.get(row).path("question").stringValue(), Truncation.DISABLED);
      RgbImage photo = photo(runs.get(row).path("photo").stringValue());
      List<Integer> expected = ids(batch.get(row));
      GenerationOptions forty = GREEDY.withMaxNewTokens(40);
      // no step of the batch has an end of text in both rows, so only the length ends it
      assertThat(
              texts.generate(prompt, photo, forty.withoutEndOfText(), TokenListener.NONE).tokens())
          .isEqualTo(expected);
      // a row on its own is the same up to its first end of text
      int end = expected.indexOf(0);
      assertThat(texts.generate(prompt, photo, forty, TokenListener.NONE).tokens())
          .isEqualTo(end < 0 ? expected : expected.subList(0, end + 1));
    }
  }

  @Test
  void drawnTokensDoNotDependOnWhatElseIsInTheBatch() {
    SamplingParameters drawn =
        SamplingParameters.defaults().withSeed(77).withTemperature(1.5f).withTopP(0.95f);
    List<String> captions = List.of("A red dog.", "Two lamps on a boat.", "A cat");
    List<List<Integer>> alone = new ArrayList<>();
    for (int row = 0; row < captions.size(); row++) {
      alone.add(
          images
              .generate(caption(captions, row), batchOptions(drawn, row), TokenListener.NONE)
              .tokens());
    }
    assertThat(together(captions, drawn)).isEqualTo(alone);
    assertThat(alone.get(0)).isNotEqualTo(alone.get(1));
  }

  private static Prompt caption(List<String> captions, int row) {
    return layouts.t2i(captions.get(row), Truncation.DISABLED);
  }

  private static GenerationOptions batchOptions(SamplingParameters sampling, int row) {
    return GenerationOptions.of(sampling).withImageIndex(row);
  }

  /** All captions in one batch, in slots of another order, as an engine would run them. */
  private static List<List<Integer>> together(List<String> captions, SamplingParameters sampling) {
    int rows = captions.size();
    TokenSampler sampler = new TokenSampler();
    List<Sequence> sequences = new ArrayList<>();
    int[] slots = IntStream.range(0, rows).map(i -> rows - 1 - i).toArray();
    for (int row = 0; row < rows; row++) {
      Prompt prompt = caption(captions, row);
      Sequence sequence =
          new Sequence(model.config(), model.tokenizer(), prompt, batchOptions(sampling, row));
      PromptEmbeddings embeddings = model.language().embedT2i(prompt.ids());
      // in two pieces, to show that those do not matter either
      model.language().prefill(Task.T2I, slots[row], embeddings, 0, 30);
      sequence.accept(model.language().prefill(Task.T2I, slots[row], embeddings, 30, 72), sampler);
      sequences.add(sequence);
    }
    while (sequences.stream().noneMatch(Sequence::finished)) {
      int[] tokens = sequences.stream().mapToInt(Sequence::lastToken).toArray();
      int[] positions = sequences.stream().mapToInt(Sequence::nextPosition).toArray();
      float[][] logits =
          model.language().logits(GoldenSteps.of(Task.T2I, slots, tokens, positions));
      for (int row = 0; row < rows; row++) {
        sequences.get(row).accept(logits[row], sampler);
      }
    }
    return sequences.stream().map(s -> Arrays.stream(s.tokens()).boxed().toList()).toList();
  }

  @Test
  void behaviour12TheModelTakesItsLastPositionAndNoMore() {
    String question = "x ".repeat(2000);
    Prompt longest = layouts.question(question, Truncation.AUTO, 3);
    assertThat(longest.length()).isEqualTo(1498);
    TextResult result =
        texts.generate(longest, null, GREEDY.withoutEndOfText(), TokenListener.NONE);
    assertThat(result.tokens()).hasSize(3);
    assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void aCancelledPictureHasTokensAndNoPixels() {
    ImageResult result =
        images.generate(
            caption(List.of("A red dog."), 0),
            GREEDY,
            new TokenListener() {
              private int heard;

              @Override
              public void onToken(GeneratedToken token) {
                heard++;
              }

              @Override
              public boolean cancelled() {
                return heard == 5;
              }
            });
    assertThat(result.tokens()).hasSize(5);
    assertThat(result.image()).isNull();
  }

  @Test
  void aQuestionWithoutAnImageIsAnsweredToo() {
    Prompt prompt = layouts.question("What is in the image?", Truncation.DISABLED);
    TextResult blind = texts.generate(prompt, null, GREEDY.withMaxNewTokens(8), TokenListener.NONE);
    assertThat(blind.tokens()).isNotEmpty();
    assertThat(blind.timings().total()).isPositive();
  }

  private static RgbImage photo(@Nullable String name) {
    try {
      return new ImageDecoder(ImageLimits.DEFAULT)
          .decode(Files.readAllBytes(OracleFiles.path(name)));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<Integer> ids(JsonNode array) {
    return array.values().stream().map(JsonNode::intValue).toList();
  }
}
