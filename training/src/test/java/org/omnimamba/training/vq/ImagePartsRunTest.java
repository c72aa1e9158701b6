package org.omnimamba.training.vq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.config.ConfigWriter;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.text.TokenizerDefinitions;
import org.omnimamba.training.config.InvalidTrainingConfigException;
import org.omnimamba.training.config.TrainingConfig;
import org.omnimamba.training.config.TrainingConfigReader;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureSetWriter;
import org.omnimamba.training.emoji.EmojiExamples;
import org.omnimamba.training.run.Progress;
import org.omnimamba.training.run.StepListener;
import org.omnimamba.training.run.TrainingRun;
import org.omnimamba.training.run.TrainingTask;
import org.omnimamba.training.run.Trainings;
import org.omnimamba.training.testing.TinyParts;
import org.omnimamba.training.tower.TowerTask;

/** Tokenizer and towers as their configurations train them, from pictures on disk. */
class ImagePartsRunTest {
  private static final ModelConfig CONFIG = TinyParts.config();
  private static final long STEPS = 6;

  private static final String COMMON =
      """
      model: config.json
      output: out
      run: {steps: 6, compile: false, seed: 3, log_every: 1}
      optimizer: {learning_rate: 2.0e-3, warmup_steps: 2}
      """;

  private static final Map<String, String> CONFIGS =
      Map.of(
          "vq",
          COMMON
              + """
              objective: {kind: vq, quantized_from: 3, revive_every: 2, revive_until: 5}
              data: {folder: data, batch_size: 4, augmentation: {mirror: 0.5}}
              """,
          "towers",
          COMMON
              + """
              objective: {kind: towers, caption_width: 16}
              data:
                folder: data
                tokenizer: tokenizer.json
                batch_size: 8
                caption_length: 8
                augmentation: {mirror: 0.5, zoom: 0.1, hue: 0.02, cutout: 0.5, cutout_side: 0.3}
              """);

  @TempDir private Path folder;

  @BeforeEach
  void writeData() throws IOException {
    ConfigWriter.write(folder.resolve("config.json"), CONFIG);
    Files.writeString(folder.resolve("tokenizer.json"), TokenizerDefinitions.bytesOnly(CONFIG));
    Random random = new Random(1);
    List<Picture> pictures = new ArrayList<>();
    List<byte[]> pixels = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      int kind = i % 8;
      pictures.add(
          new Picture(
              i,
              Picture.Split.TRAIN,
              "concept" + kind,
              "bar " + kind,
              List.of("bar"),
              "objects",
              "bars",
              i % 3 == 0 ? "plain" : "bold"));
      pixels.add(TinyParts.picture(kind, random));
    }
    PictureSetWriter.write(folder.resolve("data"), TinyParts.SIZE, pictures, pixels);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vq", "towers"})
  void resumedRunEqualsAStraightOne(String kind) throws IOException {
    TrainingConfig straight = config(kind, "straight");
    assertThat(train(straight, Long.MAX_VALUE))
        .isEqualTo(new TrainingRun.Summary(STEPS, TrainingRun.Ending.FINISHED));

    TrainingConfig resumed = config(kind, "resumed");
    assertThat(train(resumed, 2))
        .isEqualTo(new TrainingRun.Summary(3, TrainingRun.Ending.INTERRUPTED));
    assertThat(train(resumed, Long.MAX_VALUE))
        .isEqualTo(new TrainingRun.Summary(STEPS, TrainingRun.Ending.FINISHED));

    assertThat(trained(resumed)).isEqualTo(trained(straight));
  }

  @Test
  void saysWhereWrongFieldsAre() {
    assertThatThrownBy(() -> task(with("vq", "data.folder=elsewhere")))
        .isInstanceOf(InvalidTrainingConfigException.class)
        .hasMessageContaining("data.folder")
        .hasMessageContaining("prepare");
    assertThatThrownBy(() -> task(with("vq", "data.colour=3"))).hasMessageContaining("data.colour");
    assertThatThrownBy(() -> task(with("towers", "data.augmentation.hue=7")))
        .hasMessageContaining("hue");
    for (String kind : CONFIGS.keySet()) {
      assertThatThrownBy(() -> task(with(kind, "run.devices=2")))
          .isInstanceOf(InvalidTrainingConfigException.class)
          .hasMessageContaining("run.devices is 2")
          .hasMessageContaining("no sum over its rows");
    }
    assertThatThrownBy(() -> task(with("towers", "data.tokenizer=none.json")))
        .hasMessageContaining("data.tokenizer");
  }

  private static TrainingTask task(TrainingConfig config) {
    return new Trainings(
            Map.of(
                "vq",
                new VqTask(new EmojiExamples()),
                "towers",
                new TowerTask(new EmojiExamples())))
        .task(config);
  }

  /**
   * @param interruptedAfter the step after which the run is asked to end
   */
  private static TrainingRun.Summary train(TrainingConfig config, long interruptedAfter) {
    AtomicReference<TrainingRun> running = new AtomicReference<>();
    try (TrainingTask task = task(config)) {
      StepListener interrupting =
          (result, parameters) -> {
            task.listener().after(result, parameters);
            if (result.step() == interruptedAfter) {
              running.get().interrupt();
            }
          };
      TrainingTask watched =
          new TrainingTask(
              task.objective(), task.trained(), task.initial(), task.batches(), interrupting);
      Progress progress = new Progress(new PrintWriter(System.err, true), config.name());
      running.set(
          new TrainingRun(config.run(), watched, config.identity(), progress, System::nanoTime));
      return running.get().run();
    }
  }

  private static byte[] trained(TrainingConfig config) throws IOException {
    return Files.readAllBytes(config.run().output().resolve(TrainingRun.TRAINED_FILE));
  }

  private TrainingConfig config(String kind, String output) {
    return with(kind, "output=" + output);
  }

  private TrainingConfig with(String kind, String override) {
    Path file = folder.resolve(kind + ".yaml");
    try {
      Files.writeString(file, CONFIGS.get(kind));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String[] parts = override.split("=", 2);
    return TrainingConfigReader.read(file, Map.of("work", folder.toString(), parts[0], parts[1]));
  }
}
