package org.omnimamba.standalone.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.checkpoint.ModelSizes;
import org.omnimamba.model.config.ModelConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code omnimamba inspect}: what a model directory holds and what it will take. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = "Show the sizes of every part of a model, and the memory of one sequence.")
final class InspectCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "A model directory.")
  private Path directory;

  @Option(
      names = "--verify",
      description = "Compare every file with the manifest's SHA-256, which reads all of it.")
  private boolean verify;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    try (Checkpoint checkpoint =
        verify ? Checkpoint.openVerified(directory) : Checkpoint.open(directory)) {
      ModelSizes sizes = ModelSizes.of(checkpoint);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(toJson(checkpoint.config(), sizes));
      } else {
        print(out, checkpoint.config(), sizes);
      }
    }
    return 0;
  }

  private void print(PrintWriter out, ModelConfig config, ModelSizes sizes) {
    out.printf(
        "%s: width %d, %d layers, %d x %d px in, %d x %d px out%n%n",
        config.name(),
        config.language().dModel(),
        config.language().layers(),
        config.vision().imageSize(),
        config.vision().imageSize(),
        config.language().imageGridWidth() * config.vq().downsampleFactor(),
        config.language().imageGridHeight() * config.vq().downsampleFactor());
    row(out, "part", "tensors", "parameters", "size");
    sizes.parts().forEach(part -> row(out, part));
    row(out, sizes.total());
    out.println();
    out.println("of these");
    sizes.details().forEach(part -> row(out, part));
    out.println();
    out.println("types: " + types(sizes));
    out.println("memory per slot: " + Sizes.bytes(sizes.bytesPerSlot()) + " (float32)");
    if (verify) {
      out.println("manifest: every file is as it was written");
    }
  }

  private static String types(ModelSizes sizes) {
    return sizes.tensorsByType().entrySet().stream()
        .sorted(java.util.Map.Entry.comparingByKey())
        .map(
            entry ->
                "%d tensors %s"
                    .formatted(entry.getValue(), entry.getKey().name().toLowerCase(Locale.ROOT)))
        .collect(Collectors.joining(", "));
  }

  private static void row(PrintWriter out, ModelSizes.Part part) {
    row(
        out,
        part.name(),
        Sizes.count(part.tensors()),
        Sizes.count(part.parameters()),
        Sizes.bytes(part.bytes()));
  }

  private static void row(
      PrintWriter out, String name, String tensors, String parameters, String size) {
    out.printf("%-26s %8s %15s %11s%n", name, tensors, parameters, size);
  }

  private static ObjectNode toJson(ModelConfig config, ModelSizes sizes) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("name", config.name());
    put(root.putObject("total"), sizes.total());
    put(root.putArray("parts"), sizes.parts());
    put(root.putArray("details"), sizes.details());
    ObjectNode types = root.putObject("tensors_by_dtype");
    sizes
        .tensorsByType()
        .forEach((type, count) -> types.put(type.name().toLowerCase(Locale.ROOT), count));
    root.put("bytes_per_slot", sizes.bytesPerSlot());
    return root;
  }

  private static void put(ArrayNode array, java.util.List<ModelSizes.Part> parts) {
    parts.forEach(part -> put(array.addObject().put("name", part.name()), part));
  }

  private static void put(ObjectNode node, ModelSizes.Part part) {
    node.put("tensors", part.tensors())
        .put("parameters", part.parameters())
        .put("bytes", part.bytes());
  }
}
