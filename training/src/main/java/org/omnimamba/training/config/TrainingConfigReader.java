package org.omnimamba.training.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.training.step.AdamW;
import org.omnimamba.training.step.TrainOptions;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads {@link TrainingConfig}s. */
public final class TrainingConfigReader {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** GPUs of one machine; a larger number is a slip. */
  private static final int MOST_DEVICES = 64;

  private static final int MOST_LAYERS = 1 << 10;

  private TrainingConfigReader() {}

  /**
   * Reads a file.
   *
   * @param overrides values that replace the file's, by dotted name, such as {@code
   *     run.max_minutes}
   * @throws InvalidTrainingConfigException if the file is missing or wrong; the message names it
   *     and the field
   */
  public static TrainingConfig read(Path file, Map<String, String> overrides) {
    JsonNode tree = parse(file);
    try {
      overrides.forEach((name, value) -> override(tree, name, value));
      return config(file, tree, Section.of(tree, ""));
    } catch (InvalidTrainingConfigException | IllegalArgumentException e) {
      throw new InvalidTrainingConfigException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static JsonNode parse(Path file) {
    try {
      return YAML.readTree(Files.readString(file));
    } catch (IOException e) {
      throw new InvalidTrainingConfigException("cannot read " + file, e);
    } catch (JacksonException e) {
      throw new InvalidTrainingConfigException(
          "%s is no YAML: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  private static void override(JsonNode tree, String name, String value) {
    JsonNode parent = tree;
    String[] names = name.split("\\.", -1);
    for (int i = 0; i < names.length - 1; i++) {
      parent = parent.path(names[i]);
    }
    if (!(parent instanceof ObjectNode mapping)) {
      throw new InvalidTrainingConfigException("there is no " + name + " to set");
    }
    try {
      mapping.set(names[names.length - 1], YAML.readTree(value));
    } catch (JacksonException e) {
      throw new InvalidTrainingConfigException(name + ": '" + value + "' is no value", e);
    }
  }

  private static TrainingConfig config(Path file, JsonNode tree, Section root) {
    Path work = Path.of(root.text("work", "."));
    String fileName = file.getFileName().toString();
    Path model = file.toAbsolutePath().resolveSibling(root.text("model"));
    List<Path> parts = root.texts("parts").stream().map(work::resolve).toList();
    TrainingConfig config =
        new TrainingConfig(
            fileName.replaceFirst("\\.ya?ml$", ""),
            model,
            work,
            root.integer("initial_seed", 0),
            parts,
            run(work, root),
            root.section("objective"),
            root.section("data"),
            IdentityFields.of(tree, model, work));
    root.refuseUnknown();
    return config;
  }

  private static RunSettings run(Path work, Section root) {
    Section run = root.section("run");
    Section optimizer = root.section("optimizer");
    RunSettings settings =
        new RunSettings(
            work.resolve(root.text("output")),
            execution(run),
            options(run, optimizer),
            positive(optimizer, "learning_rate"),
            optimizer.integer("warmup_steps", 0),
            optimizer.number("rate_floor", 0.01),
            budget(run),
            run.number("checkpoint_minutes", 10),
            run.has("log_every") ? run.integer("log_every", 1, Integer.MAX_VALUE) : 10);
    run.refuseUnknown();
    optimizer.refuseUnknown();
    return settings;
  }

  private static StepBudget budget(Section run) {
    long steps = run.says("steps", "auto") ? 0 : run.integer("steps");
    if (steps < 1 && !run.says("steps", "auto")) {
      throw run.wrong("steps", "is %d; it must be at least 1, or auto".formatted(steps));
    }
    return new StepBudget(steps, run.number("max_minutes", 0));
  }

  private static ExecutionOptions execution(Section run) {
    ExecutionOptions.Device device =
        run.choice("device", ExecutionOptions.Device.class, ExecutionOptions.Device.CPU);
    int devices = run.has("devices") ? run.integer("devices", 1, MOST_DEVICES) : 1;
    return new ExecutionOptions(device, run.flag("compile", true), 0, devices);
  }

  private static TrainOptions options(Section run, Section optimizer) {
    AdamW reference = AdamW.reference();
    AdamW adamW =
        new AdamW(
            optimizer.number("beta1", reference.beta1()),
            optimizer.number("beta2", reference.beta2()),
            optimizer.number("epsilon", reference.epsilon()),
            optimizer.number("weight_decay", reference.weightDecay()),
            optimizer.number("clip_norm", reference.clipNorm()));
    return new TrainOptions(
        adamW,
        run.choice("precision", Precision.class, Precision.FLOAT32),
        run.has("accumulate") ? run.integer("accumulate", 1, 1 << 16) : 1,
        run.integer("seed", 0),
        run.has("recompute") ? run.integer("recompute", 0, MOST_LAYERS) : 0);
  }

  private static double positive(Section section, String name) {
    double value = section.number(name);
    if (!(value > 0)) {
      throw section.wrong(name, "is %s; it must be positive".formatted(value));
    }
    return value;
  }
}
