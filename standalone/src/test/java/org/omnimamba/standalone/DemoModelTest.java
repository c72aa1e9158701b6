package org.omnimamba.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.omnimamba.model.ImageGenerator;
import org.omnimamba.model.ImageResult;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.TextGenerator;
import org.omnimamba.model.TextResult;
import org.omnimamba.model.TokenListener;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.checkpoint.CheckpointConverter;
import org.omnimamba.model.checkpoint.ConversionOptions;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.generation.FinishReason;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.image.ImageDecoder;
import org.omnimamba.model.image.ImageLimits;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Truncation;
import org.omnimamba.model.weights.WeightStorage;

/** The shipped model, which commands use by default: it draws what it is asked for, and sees it. */
class DemoModelTest {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final String DEMO = "models/omnimamba-emoji";
  private static final long MOST_BYTES = 30_000_000;
  private static final int MOST_TOKENS = 32;

  private final List<String> notices = new ArrayList<>();
  private Path model;

  @BeforeEach
  void findTheDefaultModel(@TempDir Path temp) throws IOException {
    OmniMambaHome home = OmniMambaHome.at(temp.resolve("home"));
    model = DefaultModel.locate(REPOSITORY.toString(), home, notices::add);
    assertThat(model).isEqualTo(REPOSITORY.resolve(DEMO));
  }

  @Test
  void isFoundWithoutAWordOfWarningAndIsAsItWasWritten() throws IOException {
    assertThat(notices).isEmpty();
    try (Checkpoint checkpoint = Checkpoint.openVerified(model)) {
      assertThat(checkpoint.config().vision().towers()).hasSize(2);
    }
    assertThat(Files.size(model.resolve("model.safetensors"))).isLessThanOrEqualTo(MOST_BYTES);
    assertThat(model.resolve("LICENSES.md"))
        .content()
        .contains("Apache", "CC-BY-4.0", "MIT", "noto", "twemoji");
  }

  @Test
  void drawsARedAppleAndSeesThatItIsOne() {
    RuntimeOptions options = RuntimeOptions.cpu().withSlots(1);
    try (OmniMamba loaded =
        OmniMamba.load(model, options.withExecution(options.execution().withCompile(false)))) {
      RgbImage apple = draw(loaded, "a red apple, noto style", 1);
      assertThat(draw(loaded, "a red apple, noto style", 1)).isEqualTo(apple);
      assertThat(ask(loaded, apple, "what is this?")).isEqualTo("red apple");
      // not what it says of everything
      RgbImage heart = draw(loaded, "red heart, twemoji style", 1);
      assertThat(ask(loaded, heart, "what is this?")).isEqualTo("red heart");
    }
  }

  /** With weights that are widened when they are loaded, as commands do, and that stay in int8. */
  @ParameterizedTest
  @EnumSource(
      value = WeightStorage.class,
      names = {"F32", "INT8"})
  void drawsAndSeesTheSameInInt8(WeightStorage storage, @TempDir Path temp) throws IOException {
    Path int8 = temp.resolve("int8");
    CheckpointConverter.convert(
        model.resolve("model.safetensors"),
        int8,
        ConversionOptions.defaults()
            .withDtype(Dtype.I8)
            .withConfig(model.resolve(Checkpoint.CONFIG_FILE)));
    // the temperature to draw at, which no checkpoint holds
    Files.copy(model.resolve("generation_config.json"), int8.resolve("generation_config.json"));
    RuntimeOptions options = RuntimeOptions.cpu().withSlots(1).withStorage(storage);
    try (OmniMamba loaded =
        OmniMamba.load(int8, options.withExecution(options.execution().withCompile(false)))) {
      RgbImage apple = draw(loaded, "a red apple, noto style", 1);
      assertThat(ask(loaded, apple, "what is this?")).isEqualTo("red apple");
      RgbImage heart = draw(loaded, "red heart, twemoji style", 1);
      assertThat(ask(loaded, heart, "what is this?")).isEqualTo("red heart");
      assertThat(ask(loaded, fixture("exif_6_cactus.jpg"), "what is this?")).isEqualTo("cactus");
    }
  }

  /**
   * The fixtures of the module {@code model}; a viewer shows each emoji upright and on its ground.
   */
  @Test
  void seesPicturesAsAViewerShowsThem() throws IOException {
    RuntimeOptions options = RuntimeOptions.cpu().withSlots(1);
    try (OmniMamba loaded =
        OmniMamba.load(model, options.withExecution(options.execution().withCompile(false)))) {
      assertThat(ask(loaded, fixture("alpha_red_apple.png"), "what is this?"))
          .isEqualTo("red apple");
      for (String cactus : List.of("exif_1_cactus.jpg", "exif_6_cactus.jpg")) {
        assertThat(ask(loaded, fixture(cactus), "what is this?")).as(cactus).isEqualTo("cactus");
      }
    }
  }

  private static RgbImage fixture(String name) throws IOException {
    Path file = REPOSITORY.resolve("model/src/test/resources/images").resolve(name);
    return new ImageDecoder(ImageLimits.DEFAULT).decode(Files.readAllBytes(file));
  }

  /** As {@code image} draws: at the model's own temperature. */
  private static RgbImage draw(OmniMamba model, String caption, long seed) {
    ImageResult drawn =
        new ImageGenerator(model)
            .generate(
                layouts(model).t2i(caption, Truncation.DISABLED),
                GenerationOptions.of(
                    SamplingParameters.defaults()
                        .withTemperature(model.generation().imageTemperature())
                        .withSeed(seed)),
                TokenListener.NONE);
    assertThat(drawn.tokens()).hasSize(model.images().tokens());
    return Objects.requireNonNull(drawn.image());
  }

  private static String ask(OmniMamba model, RgbImage picture, String question) {
    TextResult answer =
        new TextGenerator(model)
            .generate(
                layouts(model).question(question, Truncation.DISABLED, MOST_TOKENS),
                picture,
                GenerationOptions.of(SamplingParameters.greedy()).withMaxNewTokens(MOST_TOKENS),
                TokenListener.NONE);
    assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
    return answer.text().strip();
  }

  private static PromptLayouts layouts(OmniMamba model) {
    return new PromptLayouts(model.config(), model.tokenizer());
  }
}
