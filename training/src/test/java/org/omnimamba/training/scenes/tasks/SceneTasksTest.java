package org.omnimamba.training.scenes.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ConfigWriter;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.text.TokenizerDefinitions;
import org.omnimamba.training.config.InvalidTrainingConfigException;
import org.omnimamba.training.config.TrainingConfig;
import org.omnimamba.training.config.TrainingConfigReader;
import org.omnimamba.training.data.Batch;
import org.omnimamba.training.objective.ImageIds;
import org.omnimamba.training.run.Progress;
import org.omnimamba.training.run.StepListener;
import org.omnimamba.training.run.TrainingRun;
import org.omnimamba.training.run.TrainingTask;
import org.omnimamba.training.run.Trainings;
import org.omnimamba.training.scenes.sprites.TinySprites;
import org.omnimamba.training.testing.TinyParts;

/** The three trainings on scenes, from sprites on disk, as their configurations describe them. */
class SceneTasksTest {
  private static final ModelConfig CONFIG = TinyParts.config();

  private static final String COMMON =
      """
      model: config.json
      run: {steps: 4, compile: false, seed: 3, log_every: 1}
      optimizer: {learning_rate: 2.0e-3, warmup_steps: 2}
      """;

  private static final Map<String, String> CONFIGS =
      Map.of(
          "vq",
          COMMON
              + """
              output: vq
              objective: {kind: scenes-vq, quantized_from: 3, revive_every: 2, revive_until: 5}
              data: {folder: data, altered: 0.5, batch_size: 2}
              """,
          "towers",
          COMMON
              + """
              output: towers
              objective: {kind: scenes-towers, caption_width: 16}
              data:
                folder: data
                altered: 0.5
                tokenizer: tokenizer.json
                batch_size: 4
                caption_length: 8
              """,
          "joint",
          COMMON
              + """
              output: joint
              objective: {kind: scenes-joint, lora_dropout: 0.05}
              data:
                folder: data
                tokenizer: tokenizer.json
                t2i: {batch_size: 2, dropped: 0.5}
                mmu: {batch_size: 2, altered: 0.5, length: 24}
              """);

  @TempDir private Path folder;

  @BeforeEach
  void writeData() throws IOException {
    ConfigWriter.write(folder.resolve("config.json"), CONFIG);
    Files.writeString(folder.resolve("tokenizer.json"), TokenizerDefinitions.bytesOnly(CONFIG));
    TinySprites.write(folder.resolve("data"));
  }

  @Test
  void theJointStageGoesOnFromTheImagePartsAndAnInterruptedOneEndsAlike() throws IOException {
    train(config("vq"), Long.MAX_VALUE);
    train(config("towers"), Long.MAX_VALUE);
    String parts = "[vq/trained.safetensors, towers/trained.safetensors]";
    TrainingConfig straight = config("joint", "parts", parts);
    assertThat(train(straight, Long.MAX_VALUE).ending()).isEqualTo(TrainingRun.Ending.FINISHED);

    TrainingConfig resumed = config("joint", "parts", parts, "output", "resumed");
    assertThat(train(resumed, 2).ending()).isEqualTo(TrainingRun.Ending.INTERRUPTED);
    assertThat(train(resumed, Long.MAX_VALUE).ending()).isEqualTo(TrainingRun.Ending.FINISHED);
    assertThat(trained(resumed)).isEqualTo(trained(straight));

    try (TensorSource result =
        Safetensors.open(straight.run().output().resolve(TrainingRun.TRAINED_FILE))) {
      assertThat(result.names())
          .anyMatch(name -> name.startsWith("vision_backbone."))
          .anyMatch(name -> name.startsWith("llm_backbone.mamba."))
          .noneMatch(name -> name.startsWith("llm_backbone.vqvae."));
    }
  }

  @Test
  void whatWasCarriedHomeIsGoneOnFromWithAnotherSeed() {
    train(config("joint"), Long.MAX_VALUE);
    TrainingConfig next =
        config("joint", "parts", "[joint/trained.safetensors]", "output", "next", "run.seed", "4");
    assertThat(train(next, Long.MAX_VALUE).ending()).isEqualTo(TrainingRun.Ending.FINISHED);
  }

  @Test
  void batchesAreFunctionsOfTheirStepAndNoTwoAreAlike() {
    try (TrainingTask one = task(config("joint"));
        TrainingTask other = task(config("joint"))) {
      Batch batch = one.batches().batch(7);
      assertThat(other.batches().batch(7).bytes(ImageIds.PICTURES_INPUT))
          .isEqualTo(batch.bytes(ImageIds.PICTURES_INPUT));
      assertThat(other.batches().batch(7).longs("input_ids")).isEqualTo(batch.longs("input_ids"));
      assertThat(one.batches().batch(8).bytes(ImageIds.PICTURES_INPUT))
          .isNotEqualTo(batch.bytes(ImageIds.PICTURES_INPUT));
      // what is asked about is not what is drawn
      assertThat(batch.bytes("pictures")).isNotEqualTo(batch.bytes(ImageIds.PICTURES_INPUT));
    }
  }

  @Test
  void aPartOfTheCaptionsIsLeftEmpty() {
    long empty = 0;
    long rows = 0;
    try (TrainingTask task = task(config("joint"))) {
      int length = CONFIG.language().t2iPromptTokens() + 1;
      int padding = CONFIG.specialTokens().pad();
      for (int step = 0; step < 50; step++) {
        long[] ids = task.batches().batch(step).longs("caption_ids");
        for (int row = 0; row < ids.length / length; row++, rows++) {
          // a caption stands at the right end of its places, before [eot][soi][eoi]
          empty += ids[(row + 1) * length - 4] == padding ? 1 : 0;
        }
      }
    }
    assertThat(empty / (double) rows).isBetween(0.3, 0.7);
  }

  @Test
  void saysWhereWrongFieldsAre() {
    assertThatThrownBy(() -> task(config("vq", "data.folder", "elsewhere")))
        .isInstanceOf(InvalidTrainingConfigException.class)
        .hasMessageContaining("data.folder");
    assertThatThrownBy(() -> task(config("vq", "data.altered", "1.5")))
        .hasMessageContaining("data.altered");
    assertThatThrownBy(() -> task(config("joint", "data.t2i.drop", "0.1")))
        .hasMessageContaining("data.t2i.drop");
  }

  private static TrainingTask task(TrainingConfig config) {
    return new Trainings(
            Map.of(
                "scenes-vq", new SceneVqTask(),
                "scenes-towers", new SceneTowerTask(),
                "scenes-joint", new SceneJointTask()))
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

  /**
   * @param fields names and values by turns
   */
  private TrainingConfig config(String kind, String... fields) {
    Map<String, String> overrides = new LinkedHashMap<>(Map.of("work", folder.toString()));
    List<String> list = new ArrayList<>(List.of(fields));
    for (int i = 0; i < list.size(); i += 2) {
      overrides.put(list.get(i), list.get(i + 1));
    }
    Path file = folder.resolve(kind + ".yaml");
    try {
      Files.writeString(file, CONFIGS.get(kind));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return TrainingConfigReader.read(file, overrides);
  }
}
