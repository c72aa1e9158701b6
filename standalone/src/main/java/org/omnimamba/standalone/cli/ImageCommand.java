package org.omnimamba.standalone.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.omnimamba.model.ImageGenerator;
import org.omnimamba.model.ImageResult;
import org.omnimamba.model.TokenListener;
import org.omnimamba.model.config.GenerationDefaults;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.sampling.InvalidSamplingException;
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

/** {@code omnimamba image}: a caption becomes a picture, in this process. */
@Command(
    name = "image",
    mixinStandardHelpOptions = true,
    description = "Draw a caption, without a server.")
final class ImageCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "CAPTION", description = "What to draw")
  private String caption;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "Where the picture goes: .png, or .jpg")
  private Path output;

  @Mixin private RunOptions options;

  @Override
  public Integer call() {
    PictureFile file = PictureFile.at(output, spec.commandLine());
    options.check(spec.commandLine());
    sampling(GenerationDefaults.REFERENCE); // wrong options are told before the model is loaded
    if (caption.isBlank()) {
      throw new ParameterException(spec.commandLine(), "the caption is empty");
    }
    PrintWriter err = spec.commandLine().getErr();
    try (LoadedModel loaded = LoadedModel.load(options, err)) {
      SamplingParameters sampling = sampling(loaded.model().generation());
      Prompt prompt =
          loaded.layouts(options.controlTokens()).t2i(caption, options.captionTruncation());
      if (prompt.truncated() != null) {
        err.println("omnimamba: " + RunReport.cutNotice(prompt.truncated()));
      }
      ImageResult result =
          new ImageGenerator(loaded.model())
              .generate(prompt, GenerationOptions.of(sampling), TokenListener.NONE);
      RgbImage image = Objects.requireNonNull(result.image());
      file.write(image);
      err.println("omnimamba: " + RunReport.summary(result.tokens(), result.timings()));
      PrintWriter out = spec.commandLine().getOut();
      if (options.json()) {
        ObjectNode json =
            RunReport.json(
                loaded, result.tokens(), sampling.seed(), prompt.truncated(), result.timings());
        json.put("image", output.toString());
        json.put("width", image.width()).put("height", image.height());
        out.println(json);
      } else {
        out.println(output);
      }
    }
    return 0;
  }

  private SamplingParameters sampling(GenerationDefaults defaults) {
    try {
      return options.sampling(defaults.imageTemperature());
    } catch (InvalidSamplingException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
