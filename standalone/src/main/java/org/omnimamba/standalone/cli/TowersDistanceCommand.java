package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.omnimamba.evaluation.distance.TowerFeatures;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code omnimamba benchmark towers-distance}. */
@Command(
    name = "towers-distance",
    mixinStandardHelpOptions = true,
    description = {
      "Draws captions and measures the Fréchet distance from real pictures in the features of the",
      "model's own towers. It is no FID, and compares models with the same towers only."
    })
final class TowersDistanceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private DistanceOptions options = new DistanceOptions();

  @Override
  public Integer call() throws IOException {
    return options.run(spec, "towers' distance", TowerFeatures::new);
  }
}
