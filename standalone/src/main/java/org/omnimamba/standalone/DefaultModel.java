package org.omnimamba.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.checkpoint.RandomModel;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.config.ModelPresets;

/**
 * The model that is used when none is named: the demo model of the installation, or else a small
 * one with random weights, made once under {@link OmniMambaHome}.
 */
public final class DefaultModel {
  /** System property with the installation's directory; {@code ./omnimamba} sets it. */
  public static final String ROOT_PROPERTY = "omnimamba.root";

  private static final String DEMO = "models/omnimamba-emoji";

  /** The number goes up when the sizes or the initial values of the untrained model change. */
  private static final String UNTRAINED = "models/untrained-1";

  private static final long SEED = 1;

  private DefaultModel() {}

  /**
   * The directory of the default model.
   *
   * @param home where an untrained model is kept
   * @param notices is told in plain words when the model is not a trained one
   * @throws CheckpointException if an untrained model is needed and cannot be written
   */
  public static Path locate(OmniMambaHome home, Consumer<String> notices) {
    return locate(System.getProperty(ROOT_PROPERTY), home, notices);
  }

  static Path locate(@Nullable String root, OmniMambaHome home, Consumer<String> notices) {
    Path demo = Path.of(root == null ? "." : root).resolve(DEMO);
    if (isModel(demo)) {
      return demo;
    }
    Path untrained = home.resolve(UNTRAINED);
    if (!isModel(untrained)) {
      notices.accept("making a small model with random weights in " + untrained);
      write(untrained);
    }
    notices.accept(
        "THIS MODEL IS NOT TRAINED: its weights are random, so whatever it draws or says is noise."
            + " Name a real one with --model DIR.");
    return untrained;
  }

  private static void write(Path directory) {
    try {
      Files.createDirectories(directory.getParent());
      RandomModel.write(directory, ModelPresets.untrained(), SEED);
    } catch (java.io.IOException e) {
      throw new CheckpointException("cannot create " + directory.getParent(), e);
    } catch (CheckpointException e) {
      // another process may have been faster; a model appears whole or not at all
      if (!isModel(directory)) {
        throw e;
      }
    }
  }

  private static boolean isModel(Path directory) {
    return Files.isRegularFile(directory.resolve("config.json"));
  }
}
