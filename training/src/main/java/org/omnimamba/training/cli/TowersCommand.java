package org.omnimamba.training.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.image.ImagePreprocessor;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.runtime.vision.VisionEncoder;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureSet;
import org.omnimamba.training.tower.ConceptAccuracy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code omnimamba towers}: how well trained towers tell concepts apart. */
@Command(
    name = "towers",
    mixinStandardHelpOptions = true,
    description = {
      "Measures how often a picture's features are nearest to those of its concept,",
      "for pictures of training, held-out pairs and the unseen style."
    })
public final class TowersCommand implements Callable<Integer> {
  private static final int SEVERAL = 5;

  @Spec private CommandSpec spec;

  @Mixin private TrainedParts parts;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Pictures, as 'prepare' leaves them.")
  private Path data;

  @Override
  public Integer call() {
    ModelConfig model = parts.model();
    try (TensorSource source = parts.open(model);
        DeviceProgram program = new DeviceProgram(parts.execution())) {
      VisionEncoder encoder = VisionEncoder.load(program, source, model, parts.options());
      ImagePreprocessor preprocessor = new ImagePreprocessor(model.vision());
      PictureSet train = PictureSet.read(data, Picture.Split.TRAIN);
      List<float[]> trained = features(encoder, preprocessor, train);
      ConceptAccuracy accuracy = new ConceptAccuracy(trained, concepts(train));
      print(Picture.Split.TRAIN, accuracy, trained, train);
      for (Picture.Split split : List.of(Picture.Split.HELDOUT, Picture.Split.UNSEEN)) {
        PictureSet set = PictureSet.read(data, split);
        print(split, accuracy, features(encoder, preprocessor, set), set);
      }
    }
    return 0;
  }

  private void print(
      Picture.Split split, ConceptAccuracy accuracy, List<float[]> features, PictureSet set) {
    if (set.count() == 0) {
      return;
    }
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%s: %d pictures, nearest concept right %.1f %%, among the nearest %d %.1f %%%n",
            split.label(),
            set.count(),
            100 * accuracy.of(features, concepts(set), 1),
            SEVERAL,
            100 * accuracy.of(features, concepts(set), SEVERAL));
  }

  private static List<String> concepts(PictureSet set) {
    return set.pictures().stream().map(Picture::concept).toList();
  }

  private static List<float[]> features(
      VisionEncoder encoder, ImagePreprocessor preprocessor, PictureSet set) {
    List<ImagePixels> pixels = new ArrayList<>();
    for (int i = 0; i < set.count(); i++) {
      pixels.add(preprocessor.prepare(new RgbImage(set.size(), set.size(), set.pixels(i))));
    }
    return encoder.meanFeatures(pixels);
  }
}
