package org.omnimamba.training.objective;

import java.util.Arrays;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.training.data.Batch;
import org.omnimamba.training.step.Objective;
import tools.jackson.databind.JsonNode;

/** The stages of the reference's run on the tiny model, with its batches. */
enum TinyStage {
  STAGE1_T2I("stage1_t2i", Stage.STAGE1_T2I) {
    @Override
    Objective objective(ModelConfig model) {
      return new T2iObjective(model, ROWS, LoraDropout.NONE);
    }

    @Override
    Batch batch() {
      return drawing();
    }
  },
  STAGE1_MMU("stage1_mmu", Stage.STAGE1_MMU) {
    @Override
    Objective objective(ModelConfig model) {
      return understanding(model);
    }

    @Override
    Batch batch() {
      return conversations("mmu_align");
    }
  },
  STAGE2("stage2", Stage.STAGE2) {
    @Override
    Objective objective(ModelConfig model) {
      return new JointObjective(
          new T2iObjective(model, ROWS, LoraDropout.NONE), understanding(model), 1);
    }

    @Override
    Batch batch() {
      return drawing().with(conversations("mmu_finetune"));
    }
  };

  static final Golden GOLDEN = Golden.of("train-tiny");
  static final int ROWS = 2;
  static final int LENGTH = 48;

  private final String key;
  private final Stage stage;

  TinyStage(String key, Stage stage) {
    this.key = key;
    this.stage = stage;
  }

  abstract Objective objective(ModelConfig model);

  abstract Batch batch();

  /** As in the golden files. */
  String key() {
    return key;
  }

  Stage stage() {
    return stage;
  }

  /** What the reference's run wrote down. */
  JsonNode facts() {
    return GOLDEN.json().path("stages").path(key);
  }

  static TensorSource initial() {
    return Safetensors.open(TinyModel.directory());
  }

  static MmuObjective understanding(ModelConfig model) {
    return new MmuObjective(model, ROWS, LENGTH, ImageFeatures.PRECOMPUTED, LoraDropout.NONE);
  }

  static Batch drawing() {
    return Batch.empty()
        .with("caption_ids", GOLDEN.longs("t2i/caption_ids"))
        .with("image_ids", GOLDEN.longs("t2i/image_ids"));
  }

  static Batch conversations(String set) {
    return conversations(set, 1, 1);
  }

  /**
   * @param hasPicture 1 or 0 for each row
   */
  static Batch conversations(String set, float... hasPicture) {
    return Batch.empty()
        .with("vision_features", GOLDEN.floats(set + "/vision_features"))
        .with("has_picture", Arrays.copyOf(hasPicture, ROWS))
        .with("input_ids", GOLDEN.longs(set + "/input_ids"))
        .with("labels", GOLDEN.longs(set + "/labels"));
  }
}
