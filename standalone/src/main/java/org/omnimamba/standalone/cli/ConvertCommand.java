package org.omnimamba.standalone.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.checkpoint.CheckpointConverter;
import org.omnimamba.model.checkpoint.ConversionOptions;
import org.omnimamba.model.checkpoint.ModelSizes;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code omnimamba convert}: a PyTorch checkpoint becomes a model directory. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = {
      "Convert a PyTorch checkpoint (.pth) to a model directory: config.json, tokenizer.json,"
          + " safetensors and a manifest.",
      "Nothing in the checkpoint is executed. A failed conversion leaves nothing behind."
    })
final class ConvertCommand implements Callable<Integer> {

  /** Types that weights can be written in, called as on the command line. */
  enum WeightType {
    F32(Dtype.F32),
    BF16(Dtype.BF16),
    INT8(Dtype.I8);

    private final Dtype dtype;

    WeightType(Dtype dtype) {
      this.dtype = dtype;
    }
  }

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "CHECKPOINT",
      description =
          "The .pth file, safetensors with the same names, or a model directory, whose"
              + " configuration and tokenizer are taken.")
  private Path checkpoint;

  @Parameters(
      index = "1",
      paramLabel = "OUT_DIR",
      description = "The model directory to make; absent or empty.")
  private Path out;

  @Option(
      names = "--dtype",
      paramLabel = "f32|bf16|int8",
      defaultValue = "F32",
      description =
          "Type of the weights written (default: f32). bf16 rounds to the nearest even. int8 is"
              + " for the projections of the layers and for the heads, with one scale for each"
              + " output; all others are bf16 then.")
  private WeightType type;

  @Option(
      names = "--vq",
      paramLabel = "FILE",
      description = "The image tokenizer's own checkpoint, if it is not in CHECKPOINT.")
  private @Nullable Path vq;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description =
          "tokenizer.json (default: the one beside CHECKPOINT, or in it). The reference's added tokens are"
              + " added where they are missing.")
  private @Nullable Path tokenizer;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "What shapes cannot tell, for sizes other than OmniMamba-1.3B and -L.")
  private @Nullable Path config;

  @Override
  public Integer call() {
    ConversionOptions options =
        ConversionOptions.defaults()
            .withDtype(type.dtype)
            .withVq(vq)
            .withTokenizer(tokenizer)
            .withConfig(config);
    CheckpointConverter.convert(checkpoint, out, options);
    try (Checkpoint written = Checkpoint.open(out)) {
      ModelSizes.Part total = ModelSizes.of(written).total();
      spec.commandLine()
          .getOut()
          .printf(
              "%s: %s, %s parameters in %d tensors, %s%n",
              out,
              written.config().name(),
              Sizes.count(total.parameters()),
              total.tensors(),
              Sizes.bytes(total.bytes()));
    }
    return 0;
  }
}
