package org.omnimamba.training.objective;

import java.nio.file.Path;
import java.util.function.Predicate;
import org.omnimamba.model.checkpoint.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.training.config.PictureData;
import org.omnimamba.training.config.Section;
import org.omnimamba.training.config.TrainingConfig;
import org.omnimamba.training.data.BatchSource;
import org.omnimamba.training.data.ConversationFile;
import org.omnimamba.training.data.Examples;
import org.omnimamba.training.data.MmuCollator;
import org.omnimamba.training.data.MmuExample;
import org.omnimamba.training.data.MmuText;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureSet;
import org.omnimamba.training.data.ShuffledBatches;
import org.omnimamba.training.emoji.EmojiExamples;
import org.omnimamba.training.run.StepListener;
import org.omnimamba.training.run.TaskFactory;
import org.omnimamba.training.run.TrainingTask;

/**
 * {@code kind: mmu}, stage 1 of understanding. Its data:
 *
 * <ul>
 *   <li>either {@code folder}, as {@code prepare} writes it, or {@code conversations}, a JSON file
 *       as LLaVA's, with {@code images}, the folder that its image paths start from;
 *   <li>{@code text}: {@code alignment}, {@code conversation} or {@code as_served}, see {@link
 *       MmuText};
 *   <li>{@code tokenizer}, {@code batch_size}, and {@code length}, the ids of a row's text;
 *   <li>{@code augmentation}: how pictures are altered, see {@link
 *       org.omnimamba.training.augmentation.AugmentationSettings}; not at all if absent.
 * </ul>
 *
 * Its objective: {@code lora_dropout}, and {@code adapters} as for {@link T2iTask}.
 */
public final class MmuTask implements TaskFactory {

  @Override
  public TrainingTask create(TrainingConfig config, ModelConfig model, TensorSource initial) {
    Section data = config.data();
    MmuObjective objective = objective(data, model, T2iTask.dropout(config, model));
    BatchSource batches = batches(config, data, model, MmuText.ALIGNMENT);
    data.refuseUnknown();
    Predicate<String> trained = Stage.STAGE1_MMU.trained(config.objective());
    config.objective().refuseUnknown();
    return new TrainingTask(objective, trained, initial, batches, StepListener.NONE);
  }

  static MmuObjective objective(Section data, ModelConfig model, LoraDropout dropout) {
    return new MmuObjective(
        model,
        TextData.batchSize(data),
        length(data),
        ImageFeatures.pictures(PictureData.augmentation(data)),
        dropout);
  }

  private static int length(Section data) {
    return data.integer("length", 2, 1 << 16);
  }

  /**
   * @param usual text of a row where the section does not say
   */
  static BatchSource batches(
      TrainingConfig config, Section data, ModelConfig model, MmuText usual) {
    MmuText text = data.choice("text", MmuText.class, usual);
    return new ShuffledBatches<>(
        examples(config, data, model, text),
        new MmuCollator(model, TextData.tokenizer(config, data), text, length(data)),
        TextData.batchSize(data),
        config.run().options().seed());
  }

  private static Examples<MmuExample> examples(
      TrainingConfig config, Section data, ModelConfig model, MmuText text) {
    if (data.has("conversations")) {
      Path file = TextData.existing(config, data, "conversations");
      return new ConversationFile(
          file, TextData.existing(config, data, "images"), model.vision().imageSize());
    }
    PictureSet pictures =
        PictureSet.read(TextData.existing(config, data, "folder"), Picture.Split.TRAIN);
    if (pictures.size() != model.vision().imageSize()) {
      throw data.wrong(
          "folder",
          "has pictures of %d px, but the model's towers see %d"
              .formatted(pictures.size(), model.vision().imageSize()));
    }
    return text == MmuText.ALIGNMENT
        ? EmojiExamples.alignment(pictures)
        : EmojiExamples.conversations(pictures);
  }
}
