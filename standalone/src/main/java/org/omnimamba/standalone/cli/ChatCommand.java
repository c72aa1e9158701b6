package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.TextGenerator;
import org.omnimamba.model.TextResult;
import org.omnimamba.model.TokenListener;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.image.ImageDecoder;
import org.omnimamba.model.image.ImageLimits;
import org.omnimamba.model.image.InvalidImageException;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.text.Prompt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code omnimamba chat}: one question, about an image or not, in this process. */
@Command(
    name = "chat",
    mixinStandardHelpOptions = true,
    description = "Answer a question about a picture, without a server.")
final class ChatCommand implements Callable<Integer> {
  private static final float TEMPERATURE = 0;
  private static final int MAX_TOKENS = 256;

  /** The scripts' {@code max_length}; the model's last position comes before it. */
  private static final int REFERENCE_LENGTH = 2048;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "QUESTION", description = "What to ask")
  private String question;

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description = "The picture that it is about: PNG, JPEG, WebP or GIF")
  private @Nullable Path image;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Length of the answer at most. Default: 256, with --like-reference 2048")
  private @Nullable Integer maxTokens;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End the answer before this text; may be given several times")
  private List<String> stop = List.of();

  @Mixin private RunOptions options;

  @Override
  public Integer call() {
    options.check(spec.commandLine());
    GenerationOptions generation = generation();
    if (question.isBlank()) {
      throw new ParameterException(spec.commandLine(), "the question is empty");
    }
    RgbImage picture = image == null ? null : read(image);
    PrintWriter err = spec.commandLine().getErr();
    PrintWriter out = spec.commandLine().getOut();
    try (LoadedModel loaded = LoadedModel.load(options, err)) {
      Prompt prompt =
          loaded
              .layouts(options.controlTokens())
              .question(question, options.truncation(), generation.maxNewTokens());
      if (prompt.truncated() != null) {
        err.println("omnimamba: " + RunReport.cutNotice(prompt.truncated()));
      }
      TextResult result =
          new TextGenerator(loaded.model())
              .generate(prompt, picture, generation, options.json() ? quiet() : printing(out));
      err.println("omnimamba: " + RunReport.summary(result.tokens(), result.timings()));
      if (options.json()) {
        ObjectNode json =
            RunReport.json(
                loaded,
                result.tokens(),
                generation.sampling().seed(),
                prompt.truncated(),
                result.timings());
        json.put("text", result.text());
        json.put("finish_reason", result.finishReason().name().toLowerCase(Locale.ROOT));
        out.println(json);
      }
    }
    return 0;
  }

  private static TokenListener quiet() {
    return TokenListener.NONE;
  }

  /** Shows the answer while it comes, and a line break after it. */
  private static TokenListener printing(PrintWriter out) {
    return token -> {
      out.print(token.text());
      if (token.finishReason() != null) {
        out.println();
      }
      out.flush();
    };
  }

  private GenerationOptions generation() {
    try {
      SamplingParameters sampling = options.sampling(TEMPERATURE);
      int otherwise = options.likeReference() ? REFERENCE_LENGTH : MAX_TOKENS;
      return GenerationOptions.of(sampling)
          .withMaxNewTokens(maxTokens == null ? otherwise : maxTokens)
          .withStop(stop);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private static RgbImage read(Path file) {
    ImageLimits limits = ImageLimits.DEFAULT;
    try (InputStream in = Files.newInputStream(file)) {
      return new ImageDecoder(limits).decode(in.readNBytes(limits.maxBytes() + 1));
    } catch (NoSuchFileException e) {
      throw new Failure("there is no file " + file, e);
    } catch (IOException e) {
      throw new Failure("cannot read " + file, e);
    } catch (InvalidImageException e) {
      throw new Failure(file + " is not usable: " + e.getMessage(), e);
    }
  }
}
