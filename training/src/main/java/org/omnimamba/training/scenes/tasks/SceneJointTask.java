package org.omnimamba.training.scenes.tasks;

import java.util.function.Predicate;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.text.Tokenizer;
import org.omnimamba.training.config.PictureData;
import org.omnimamba.training.config.Section;
import org.omnimamba.training.config.TrainingConfig;
import org.omnimamba.training.data.BatchSource;
import org.omnimamba.training.data.MmuCollator;
import org.omnimamba.training.data.MmuText;
import org.omnimamba.training.data.T2iCollator;
import org.omnimamba.training.objective.ImageFeatures;
import org.omnimamba.training.objective.ImageIds;
import org.omnimamba.training.objective.JointObjective;
import org.omnimamba.training.objective.LoraDropout;
import org.omnimamba.training.objective.MmuObjective;
import org.omnimamba.training.objective.Stage;
import org.omnimamba.training.objective.T2iObjective;
import org.omnimamba.training.objective.T2iTask;
import org.omnimamba.training.objective.TextData;
import org.omnimamba.training.objective.Vocabulary;
import org.omnimamba.training.run.StepListener;
import org.omnimamba.training.run.TaskFactory;
import org.omnimamba.training.run.TrainingTask;
import org.omnimamba.training.scenes.sprites.SpriteSet;
import org.omnimamba.training.scenes.text.SceneQuestions;

/**
 * {@code kind: scenes-joint}, both tasks in each step on scenes that are made while training; the
 * image tokens of what is to be drawn are found within the step. Its data: {@code folder}, see
 * {@link SceneData}; {@code tokenizer}; and the sections
 *
 * <ul>
 *   <li>{@code t2i}: {@code batch_size}; {@code altered}; {@code dropped}, the part of the captions
 *       that are left empty (0.1)
 *   <li>{@code mmu}: {@code batch_size}; {@code altered}; {@code length}, the ids of a row's text;
 *       {@code augmentation}
 * </ul>
 *
 * Its objective: {@code lora_dropout}, {@code mmu_weight}, and {@code adapters}, as for stage 2;
 * {@code towers}, whether they are trained too (true); {@code convolutions_by_products}, for
 * devices without a library for convolutions.
 */
public final class SceneJointTask implements TaskFactory {
  private static final double DROPPED = 0.1;

  @Override
  public TrainingTask create(TrainingConfig config, ModelConfig model, TensorSource initial) {
    Section data = config.data();
    Section t2i = data.section("t2i");
    Section mmu = data.section("mmu");
    Section objective = config.objective();
    JointObjective joint = objective(config, model, t2i, mmu);
    SpriteSet sprites = SceneData.sprites(config, data);
    Tokenizer tokenizer = TextData.tokenizer(config, data);
    BatchSource batches =
        drawings(config, model, t2i, sprites, tokenizer)
            .with(questions(config, model, mmu, sprites, tokenizer))
            .owning(tokenizer::close);
    Predicate<String> trained =
        objective.flag("towers", true) ? Stage.STAGE2.withTowers() : Stage.STAGE2;
    t2i.refuseUnknown();
    mmu.refuseUnknown();
    data.refuseUnknown();
    objective.refuseUnknown();
    return new TrainingTask(joint, trained, initial, batches, StepListener.NONE);
  }

  private static JointObjective objective(
      TrainingConfig config, ModelConfig model, Section t2i, Section mmu) {
    LoraDropout dropout = T2iTask.dropout(config, model);
    ImageIds images = ImageIds.pictures(config.objective().flag("convolutions_by_products", false));
    return new JointObjective(
        new T2iObjective(model, TextData.batchSize(t2i), images, dropout, Vocabulary.DECOUPLED),
        new MmuObjective(
            model,
            TextData.batchSize(mmu),
            length(mmu),
            ImageFeatures.pictures(PictureData.augmentation(mmu)),
            dropout),
        config.objective().number("mmu_weight", 1));
  }

  private static int length(Section mmu) {
    return mmu.integer("length", 2, 1 << 16);
  }

  private static BatchSource drawings(
      TrainingConfig config,
      ModelConfig model,
      Section section,
      SpriteSet sprites,
      Tokenizer tokenizer) {
    int size = model.language().imageGridWidth() * model.vq().downsampleFactor();
    SceneData scenes = new SceneData(sprites, size, SceneData.altered(section));
    double dropped = section.number("dropped", DROPPED);
    T2iCollator collator = new T2iCollator(model, tokenizer);
    return new SceneBatches<>(
        random -> scenes.drawing(dropped, random),
        drawings ->
            collator
                .captions(drawings.stream().map(SceneData.Drawing::caption).toList())
                .with(scenes.pictures(drawings)),
        TextData.batchSize(section),
        config.run().options().seed());
  }

  private static BatchSource questions(
      TrainingConfig config,
      ModelConfig model,
      Section section,
      SpriteSet sprites,
      Tokenizer tokenizer) {
    SceneData scenes =
        new SceneData(sprites, model.vision().imageSize(), SceneData.altered(section));
    SceneQuestions questions = new SceneQuestions(sprites);
    return new SceneBatches<>(
        random -> scenes.asked(questions, random),
        new MmuCollator(model, tokenizer, MmuText.AS_SERVED, length(section)),
        TextData.batchSize(section),
        // not the scenes that are drawn in the same step
        ~config.run().options().seed());
  }
}
