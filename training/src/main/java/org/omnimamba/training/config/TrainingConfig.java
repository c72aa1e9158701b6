package org.omnimamba.training.config;

import java.nio.file.Path;
import java.util.List;

/**
 * One training as its YAML file describes it.
 *
 * @param name of the file, without its ending
 * @param model path of the trained model's {@code config.json}
 * @param work folder that all other relative paths start from
 * @param initialSeed of the values that no part gives
 * @param parts files of checkpoint-named tensors, or model directories, that the training starts
 *     from; a later one replaces what an earlier one has
 * @param run how it is carried out
 * @param objective what is trained; its {@code kind} chooses among the known ones, the other fields
 *     are that kind's
 * @param data where batches come from; the objective's kind says what it understands
 * @param identity what must not change while the run is stopped
 */
public record TrainingConfig(
    String name,
    Path model,
    Path work,
    long initialSeed,
    List<Path> parts,
    RunSettings run,
    Section objective,
    Section data,
    RunIdentity identity) {

  public TrainingConfig {
    parts = List.copyOf(parts);
  }

  /** A path of the configuration: absolute, or under {@link #work}. */
  public Path path(String text) {
    return work.resolve(text);
  }
}
