package org.omnimamba.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.generation.FinishReason;
import org.omnimamba.model.generation.GenerationListener;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.generation.ImageGenerator;
import org.omnimamba.model.generation.ImageResult;
import org.omnimamba.model.generation.TextGenerator;
import org.omnimamba.model.generation.TextResult;
import org.omnimamba.model.runtime.OmniMamba;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Truncation;

/**
 * The model that commands use by default. Where the repository holds no demo model, the oracle's
 * tiny model stands in its place, so that finding and running it is tested all the same.
 */
class DemoModelTest {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final String DEMO = "models/omnimamba-emoji";
  private static final long MOST_BYTES = 30_000_000;

  private final List<String> notices = new ArrayList<>();
  private Path model;

  @BeforeEach
  void findTheDefaultModel(@TempDir Path temp) throws IOException {
    Path root = REPOSITORY;
    if (!isShipped()) {
      root = temp.resolve("installation");
      Files.createDirectories(root.resolve("models"));
      Files.createSymbolicLink(root.resolve(DEMO), TinyModel.directory());
    }
    OmniMambaHome home = OmniMambaHome.at(temp.resolve("home"));
    model = DefaultModel.locate(root.toString(), home, notices::add);
    assertThat(model).isEqualTo(root.resolve(DEMO));
  }

  private static boolean isShipped() {
    return Files.exists(REPOSITORY.resolve(DEMO).resolve(Checkpoint.CONFIG_FILE));
  }

  @Test
  void isFoundWithoutAWordOfWarningAndIsAsItWasWritten() throws IOException {
    assertThat(notices).isEmpty();
    try (Checkpoint checkpoint = Checkpoint.openVerified(model)) {
      assertThat(checkpoint.config().vision().towers()).hasSize(2);
    }
    if (isShipped()) {
      assertThat(Files.size(model.resolve("model.safetensors"))).isLessThanOrEqualTo(MOST_BYTES);
      assertThat(model.resolve("LICENSES.md"))
          .content()
          .contains("Apache", "CC-BY-4.0", "MIT", "noto", "twemoji");
    }
  }

  @Test
  void drawsAndNamesWhatItDrew() {
    RuntimeOptions options = RuntimeOptions.cpu().withSlots(1);
    try (OmniMamba loaded =
        OmniMamba.load(model, options.withExecution(options.execution().withCompile(false)))) {
      PromptLayouts layouts = new PromptLayouts(loaded.config(), loaded.tokenizer());
      ImageResult drawn =
          new ImageGenerator(loaded)
              .generate(
                  layouts.t2i("a red apple, noto style", Truncation.DISABLED),
                  GenerationOptions.of(SamplingParameters.defaults().withSeed(1)),
                  GenerationListener.NONE);
      assertThat(drawn.tokens()).hasSize(loaded.images().tokens());
      assertThat(drawn.image()).isNotNull();
      assertThat(drawn.image().width()).isEqualTo(loaded.images().width());

      int most = 32;
      TextResult named =
          new TextGenerator(loaded)
              .generate(
                  layouts.question("what is this?", Truncation.DISABLED, most),
                  drawn.image(),
                  GenerationOptions.of(SamplingParameters.greedy()).withMaxNewTokens(most),
                  GenerationListener.NONE);
      assertThat(named.tokens()).isNotEmpty();
      if (isShipped()) {
        assertThat(named.text()).isNotBlank();
        assertThat(named.finishReason()).isEqualTo(FinishReason.STOP);
      }
    }
  }
}
