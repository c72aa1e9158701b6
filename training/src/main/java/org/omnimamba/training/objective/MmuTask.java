package org.omnimamba.training.objective;

import java.util.function.Predicate;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.text.Tokenizer;
import org.omnimamba.training.config.PictureData;
import org.omnimamba.training.config.Section;
import org.omnimamba.training.config.TrainingConfig;
import org.omnimamba.training.data.BatchSource;
import org.omnimamba.training.data.CaptionedImage;
import org.omnimamba.training.data.ConversationFile;
import org.omnimamba.training.data.Examples;
import org.omnimamba.training.data.MmuCollator;
import org.omnimamba.training.data.MmuExample;
import org.omnimamba.training.data.MmuText;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureFolder;
import org.omnimamba.training.data.PictureSet;
import org.omnimamba.training.data.ShuffledBatches;
import org.omnimamba.training.data.labelled.LabelledPictures;
import org.omnimamba.training.run.StepListener;
import org.omnimamba.training.run.TaskFactory;
import org.omnimamba.training.run.TrainingTask;

/**
 * {@code kind: mmu}, stage 1 of understanding. Its data:
 *
 * <ul>
 *   <li>either {@code folder}, as {@code prepare} writes it; or {@code conversations}, a JSON file
 *       as LLaVA's; or {@code captions}, a JSONL file of {@link CaptionedImage}s, for {@code text:
 *       alignment}. The latter two with {@code images}, the folder that image paths start from;
 *   <li>{@code text_only}: whether conversations about no picture are kept (true); the reference
 *       drops them in stage 2;
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
  private final LabelledPictures labelled;

  /**
   * @param labelled what the pictures of {@code folder} are made into
   */
  public MmuTask(LabelledPictures labelled) {
    this.labelled = labelled;
  }

  @Override
  public TrainingTask create(TrainingConfig config, ModelConfig model, TensorSource initial) {
    Section data = config.data();
    MmuObjective objective = objective(data, model, T2iTask.dropout(config, model));
    BatchSource batches = batches(config, data, model, MmuText.ALIGNMENT, labelled);
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
      TrainingConfig config,
      Section data,
      ModelConfig model,
      MmuText usual,
      LabelledPictures labelled) {
    MmuText text = data.choice("text", MmuText.class, usual);
    Examples<MmuExample> examples = examples(config, data, model, text, labelled);
    Tokenizer tokenizer = TextData.tokenizer(config, data);
    return new ShuffledBatches<>(
            examples,
            new MmuCollator(model, tokenizer, text, length(data)),
            TextData.batchSize(data),
            config.run().options().seed())
        .owning(tokenizer::close);
  }

  private static Examples<MmuExample> examples(
      TrainingConfig config,
      Section data,
      ModelConfig model,
      MmuText text,
      LabelledPictures labelled) {
    int size = model.vision().imageSize();
    if (data.has("conversations")) {
      return new ConversationFile(
          TextData.existing(config, data, "conversations"),
          new PictureFolder(TextData.existing(config, data, "images")),
          size,
          data.flag("text_only", true));
    }
    if (data.has("captions")) {
      if (text != MmuText.ALIGNMENT) {
        throw data.wrong("captions", "have no questions, so they need text: alignment");
      }
      return CaptionedImage.examples(
          TextData.existing(config, data, "captions"),
          new PictureFolder(TextData.existing(config, data, "images")),
          size);
    }
    PictureSet pictures =
        PictureSet.read(TextData.existing(config, data, "folder"), Picture.Split.TRAIN);
    if (pictures.size() != size) {
      throw data.wrong(
          "folder",
          "has pictures of %d px, but the model's towers see %d".formatted(pictures.size(), size));
    }
    return text == MmuText.ALIGNMENT
        ? labelled.alignment(pictures)
        : labelled.conversations(pictures);
  }
}
