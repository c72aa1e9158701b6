package org.omnimamba.training.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.config.ConfigReader;
import org.omnimamba.model.config.GenerationDefaults;
import org.omnimamba.training.export.ModelExport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code omnimamba export}: trained parts become a model directory. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Puts a model directory together from the files that training wrote.")
public final class ExportCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PART",
      arity = "1..*",
      description = {
        "safetensors files of trained tensors.",
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
      names = "--tokenizer",
      paramLabel = "FILE",
      required = true,
      description = "The model's tokenizer.json.")
  private Path tokenizer;

  @Option(
      names = "--licenses",
      paramLabel = "FILE",
      description = "Licences and attributions, which go along as LICENSES.md.")
  private @Nullable Path licenses;

  @Option(
      names = "--generation",
      paramLabel = "FILE",
      description = "How the model is best asked, which goes along as generation_config.json.")
  private @Nullable Path generation;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      defaultValue = "BF16",
      description = "Of the weights: BF16 or F32. Default: ${DEFAULT-VALUE}")
  private Dtype dtype;

  @Option(
      names = "--untrained",
      description = "Give initial values to parameters that no part holds, instead of refusing.")
  private boolean untrained;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      required = true,
      description = "The model directory; absent or empty.")
  private Path out;

  @Override
  public Integer call() {
    if (dtype != Dtype.BF16 && dtype != Dtype.F32) {
      throw new ParameterException(spec.commandLine(), "--dtype is BF16 or F32, not " + dtype);
    }
    ModelExport export =
        new ModelExport(ConfigReader.read(config), tokenizer, parts, texts(), dtype, untrained);
    PrintWriter err = spec.commandLine().getErr();
    for (ModelExport.Origin origin : export.write(out)) {
      err.printf("omnimamba: %d tensors from %s", origin.tensors(), origin.source());
      err.println(
          origin.ignored() == 0
              ? ""
              : "; %d that only training needs were left out".formatted(origin.ignored()));
    }
    spec.commandLine().getOut().println(out);
    return 0;
  }

  private Map<String, Path> texts() {
    Map<String, Path> texts = new LinkedHashMap<>();
    if (licenses != null) {
      texts.put(Checkpoint.LICENSES_FILE, licenses);
    }
    if (generation != null) {
      texts.put(GenerationDefaults.FILE, generation);
    }
    return texts;
  }
}
