package org.omnimamba.training.config;

import java.nio.file.Files;
import java.nio.file.Path;
import org.omnimamba.training.augmentation.AugmentationSettings;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureSet;

/** Fields that trainings of the image parts share. */
public final class PictureData {
  private static final int LARGEST_BATCH = 1 << 16;

  private PictureData() {}

  /**
   * The training pictures of {@code data.folder}, which {@code prepare} wrote.
   *
   * @param size side in pixels that the model's part works with
   * @throws InvalidTrainingConfigException if there is no such folder, or its pictures have another
   *     size
   */
  public static PictureSet training(TrainingConfig config, int size) {
    Path folder = config.path(config.data().text("folder"));
    if (!Files.isDirectory(folder)) {
      throw config
          .data()
          .wrong("folder", "is %s, which does not exist; 'prepare' makes it".formatted(folder));
    }
    PictureSet pictures = PictureSet.read(folder, Picture.Split.TRAIN);
    if (pictures.size() != size) {
      throw config
          .data()
          .wrong(
              "folder",
              "has pictures of %d px, but the model works with %d px; prepare others or change the"
                      .formatted(pictures.size(), size)
                  + " model");
    }
    return pictures;
  }

  /** {@code data.batch_size}: pictures of a micro-batch. */
  public static int batchSize(TrainingConfig config) {
    return config.data().integer("batch_size", 1, LARGEST_BATCH);
  }

  /** {@code augmentation}; no alteration where a field, or all of it, is absent. */
  public static AugmentationSettings augmentation(Section data) {
    if (!data.has("augmentation")) {
      return AugmentationSettings.none();
    }
    Section section = data.section("augmentation");
    AugmentationSettings settings =
        new AugmentationSettings(
            share(section, "mirror"),
            share(section, "zoom"),
            share(section, "stretch"),
            share(section, "shift"),
            share(section, "hue"),
            share(section, "saturation"),
            share(section, "brightness"),
            share(section, "paper"),
            share(section, "cutout"),
            share(section, "cutout_side"));
    section.refuseUnknown();
    return settings;
  }

  private static float share(Section section, String name) {
    return (float) section.number(name, 0);
  }
}
