package org.omnimamba.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.image.ImageDecoder;
import org.omnimamba.model.image.ImageEncoder;
import org.omnimamba.model.image.ImageLimits;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.testing.Repository;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.text.Prompt;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Truncation;

/** The first screen of model/README.md and of the package's documentation. */
class LibraryExampleTest {
  private static final Path MODULE = Repository.root().resolve("model");
  private static final String SOURCES = "java/org/omnimamba/model";

  @TempDir Path temp;

  private static String example(Path directory, Path file) throws IOException {
    // begin of the example
    try (OmniMamba model = OmniMamba.load(directory, RuntimeOptions.cpu())) {
      PromptLayouts prompts = new PromptLayouts(model.config(), model.tokenizer());
      GenerationOptions options =
          GenerationOptions.of(SamplingParameters.defaults().withSeed(7)).withMaxNewTokens(64);

      // draw
      Prompt caption = prompts.t2i("a red apple, noto style", Truncation.AUTO);
      ImageResult drawn = new ImageGenerator(model).generate(caption, options, TokenListener.NONE);
      RgbImage picture = Objects.requireNonNull(drawn.image());
      Files.write(file, ImageEncoder.png(picture));

      // ask about it
      Prompt question = prompts.question("what is this?", Truncation.AUTO);
      TextResult answer =
          new TextGenerator(model).generate(question, picture, options, TokenListener.NONE);
      return answer.text();
    }
    // end of the example
  }

  @Test
  void drawsAPictureAndAnswersAQuestionAboutIt() throws IOException {
    Path file = temp.resolve("drawn.png");
    String answer = example(TinyModel.directory(), file);
    RgbImage picture = new ImageDecoder(ImageLimits.DEFAULT).decode(Files.readAllBytes(file));
    assertThat(picture.width()).isEqualTo(64);
    // the tiny model is untrained, but what it says depends on nothing but seed and picture
    assertThat(example(TinyModel.directory(), file)).isEqualTo(answer);
  }

  @Test
  void theDocumentationShowsThisCode() throws IOException {
    String source =
        Files.readString(MODULE.resolve("src/test/" + SOURCES + "/LibraryExampleTest.java"));
    int begin = source.indexOf("// begin of the example");
    String code =
        source
            .substring(source.indexOf('\n', begin) + 1, source.indexOf("    // end of the example"))
            .replaceAll("(?m)^ {4}", "");
    assertThat(Files.readString(MODULE.resolve("README.md"))).contains("```java\n" + code + "```");
    String documentation =
        Files.readString(MODULE.resolve("src/main/" + SOURCES + "/package-info.java"))
            .replaceAll("(?m)^ \\* ?", "");
    assertThat(documentation).contains("<pre>{@code\n" + code + "}</pre>");
  }
}
