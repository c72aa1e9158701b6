package org.omnimamba.training.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.checkpoint.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.runtime.DeviceProgram;
import org.omnimamba.model.runtime.ImageTokenizer;
import org.omnimamba.training.data.ImageTokens;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureSet;
import org.omnimamba.training.vq.PictureTokens;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code omnimamba tokenize}: pictures to image tokens, what text-to-image is trained on. */
@Command(
    name = "tokenize",
    mixinStandardHelpOptions = true,
    description = {
      "Turns pictures into image tokens with a trained tokenizer.",
      "Writes image-tokens-train.jsonl and image-tokens-heldout.jsonl."
    })
public final class TokenizeCommand implements Callable<Integer> {
  private static final int DECODED = 256;

  @Spec private CommandSpec spec;

  @Mixin private TrainedParts parts;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "Where the tokens go. Default: beside the pictures")
  private @Nullable Path out;

  @Override
  public Integer call() throws IOException {
    ModelConfig model = parts.model();
    Path folder = out == null ? parts.data() : out;
    Files.createDirectories(folder);
    try (TensorSource source = parts.open(model);
        DeviceProgram program = new DeviceProgram(parts.execution())) {
      ImageTokenizer tokenizer = ImageTokenizer.load(program, source, model, parts.options());
      for (Picture.Split split : List.of(Picture.Split.TRAIN, Picture.Split.HELDOUT)) {
        PictureSet set = PictureSet.read(parts.data(), split);
        PictureTokens tokens = PictureTokens.of(tokenizer, set, DECODED);
        Path file = folder.resolve(ImageTokens.file(split));
        ImageTokens.write(file, tokens.tokens());
        spec.commandLine()
            .getErr()
            .printf(
                Locale.ROOT,
                "omnimamba: %s: %d pictures, %d of %d codes used, PSNR %.2f dB%n",
                split.label(),
                set.count(),
                tokens.usedCodes(),
                model.vq().codebookSize(),
                tokens.psnr());
        spec.commandLine().getOut().println(file);
      }
    }
    return 0;
  }
}
