package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.omnimamba.evaluation.distance.InceptionFeatures;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code omnimamba benchmark fid}. */
@Command(
    name = "fid",
    mixinStandardHelpOptions = true,
    description = "Draws captions and measures FID against real pictures.")
final class FidCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private DistanceOptions options = new DistanceOptions();

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      required = true,
      description =
          "Weights of the Inception network: pt_inception-2015-12-05-6726825d.pth, or its tensors"
              + " as safetensors")
  private Path weights = Path.of("");

  @Override
  public Integer call() throws IOException {
    if (!Files.isRegularFile(weights)) {
      throw new Failure("there is no file " + weights);
    }
    return options.run(spec, "FID", model -> InceptionFeatures.open(weights));
  }
}
