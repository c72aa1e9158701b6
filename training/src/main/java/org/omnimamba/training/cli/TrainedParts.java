package org.omnimamba.training.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.schema.InitialTensors;
import org.omnimamba.model.checkpoint.tensor.LayeredSource;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ConfigReader;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.device.ExecutionOptions.Device;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.runtime.vision.PartOptions;
import org.omnimamba.model.weights.WeightStorage;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What commands take that use trained parts before there is a whole model. */
final class TrainedParts {
  private static final long SEED = 1;

  @Parameters(
      paramLabel = "PART",
      arity = "1..*",
      description = {
        "safetensors files of trained tensors, or model directories.",
        "Where several have a tensor, the last of them gives it."
      })
  private List<Path> parts;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The model's config.json.")
  private Path config;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "CPU",
      description = "CPU or GPU. Default: ${DEFAULT-VALUE}")
  private Device device;

  ModelConfig model() {
    return ConfigReader.read(config);
  }

  /** The parts' tensors over initial values of everything else; the caller closes it. */
  TensorSource open(ModelConfig model) {
    List<TensorSource> layers = new ArrayList<>();
    layers.add(new InitialTensors(model, SEED));
    try {
      for (Path part : parts) {
        layers.add(Safetensors.openValues(part));
      }
    } catch (RuntimeException e) {
      layers.forEach(TensorSource::close);
      throw e;
    }
    return new LayeredSource(layers);
  }

  ExecutionOptions execution() {
    return new ExecutionOptions(device, true, 0);
  }

  /** Float32: the tokens must be those that the exported model gives. */
  PartOptions options() {
    return PartOptions.of(execution(), WeightStorage.F32, Precision.FLOAT32);
  }
}
