package org.omnimamba.training.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.runtime.vision.ImageTokenizer;
import org.omnimamba.training.data.ImageTokens;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureFolder;
import org.omnimamba.training.data.PictureSet;
import org.omnimamba.training.vq.CaptionedTokens;
import org.omnimamba.training.vq.PictureTokens;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code omnimamba tokenize}: pictures to image tokens, what text-to-image is trained on. */
@Command(
    name = "tokenize",
    mixinStandardHelpOptions = true,
    description = {
      "Turns pictures into image tokens with a trained tokenizer.",
      "--data: labelled pictures; writes image-tokens-train.jsonl and image-tokens-heldout.jsonl.",
      "--captions: image files and what they show; writes NAME-image-tokens.jsonl for NAME.jsonl."
    })
public final class TokenizeCommand implements Callable<Integer> {
  private static final int DECODED = 256;
  private static final long REPORTED = 6400;

  @Spec private CommandSpec spec;

  @Mixin private TrainedParts parts;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Labelled pictures, as 'prepare' leaves them.")
  private @Nullable Path data;

  @Option(
      names = "--captions",
      paramLabel = "FILE",
      description = {
        "JSONL of {\"image\": path, \"caption\": text} or \"captions\": [text, ...].",
        "The middle of each image is cut out and resized to the model's pictures."
      })
  private @Nullable Path captions;

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "Where the image paths of --captions start. Default: beside FILE")
  private @Nullable Path images;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "Where the tokens go. Default: beside the pictures or captions")
  private @Nullable Path out;

  @Override
  public Integer call() throws IOException {
    if ((data == null) == (captions == null)) {
      throw new ParameterException(spec.commandLine(), "one of --data and --captions is needed");
    }
    if (images != null && captions == null) {
      throw new ParameterException(spec.commandLine(), "--images goes with --captions");
    }
    ModelConfig model = parts.model();
    try (TensorSource source = parts.open(model);
        DeviceProgram program = new DeviceProgram(parts.execution())) {
      ImageTokenizer tokenizer = ImageTokenizer.load(program, source, model, parts.options());
      if (data != null) {
        tokenizeSets(tokenizer, model, data, out == null ? data : out);
      } else if (captions != null) {
        Path beside = captions.toAbsolutePath().resolveSibling("");
        tokenizeFiles(
            tokenizer, captions, images == null ? beside : images, out == null ? beside : out);
      }
    }
    return 0;
  }

  private void tokenizeSets(ImageTokenizer tokenizer, ModelConfig model, Path pictures, Path folder)
      throws IOException {
    Files.createDirectories(folder);
    for (Picture.Split split : List.of(Picture.Split.TRAIN, Picture.Split.HELDOUT)) {
      PictureSet set = PictureSet.read(pictures, split);
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

  private void tokenizeFiles(ImageTokenizer tokenizer, Path list, Path root, Path folder)
      throws IOException {
    Files.createDirectories(folder);
    String name = list.getFileName().toString().replaceFirst("\\.jsonl?$", "");
    Path file = folder.resolve(name + "-image-tokens.jsonl");
    PrintWriter err = spec.commandLine().getErr();
    PictureFolder pictures = new PictureFolder(root);
    CaptionedTokens tokens =
        new CaptionedTokens(
            tokenizer,
            pictures,
            seen -> {
              if (seen % REPORTED == 0) {
                err.printf("omnimamba: %d pictures%n", seen);
              }
            });
    long written = tokens.write(list, file);
    err.printf(
        "omnimamba: %d pictures tokenized, %d could not be used%n", written, pictures.unusable());
    spec.commandLine().getOut().println(file);
  }
}
