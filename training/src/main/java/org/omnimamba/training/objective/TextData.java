package org.omnimamba.training.objective;

import java.nio.file.Files;
import java.nio.file.Path;
import org.omnimamba.model.text.Tokenizer;
import org.omnimamba.training.config.Section;
import org.omnimamba.training.config.TrainingConfig;

/** Fields that the data sections of all token objectives have. */
public final class TextData {
  private static final int MOST_ROWS = 1 << 16;

  private TextData() {}

  /** {@code tokenizer}: a {@code tokenizer.json}; the caller closes it. */
  public static Tokenizer tokenizer(TrainingConfig config, Section data) {
    Path file = config.path(data.text("tokenizer"));
    if (!Files.exists(file)) {
      throw data.wrong("tokenizer", "is %s, which does not exist".formatted(file));
    }
    return Tokenizer.open(file);
  }

  /** {@code batch_size}: rows of a micro-batch. */
  public static int batchSize(Section data) {
    return data.integer("batch_size", 1, MOST_ROWS);
  }

  /** A file or folder that must exist. */
  public static Path existing(TrainingConfig config, Section data, String name) {
    Path path = config.path(data.text(name));
    if (!Files.exists(path)) {
      throw data.wrong(name, "is %s, which does not exist".formatted(path));
    }
    return path;
  }
}
