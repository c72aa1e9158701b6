package org.omnimamba.training.objective;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.text.Tokenizer;
import org.omnimamba.training.config.Section;
import org.omnimamba.training.config.TrainingConfig;
import org.omnimamba.training.data.BatchSource;
import org.omnimamba.training.data.Examples;
import org.omnimamba.training.data.ImageTokens;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureSet;
import org.omnimamba.training.data.ShuffledBatches;
import org.omnimamba.training.data.T2iCollator;
import org.omnimamba.training.data.T2iExample;
import org.omnimamba.training.data.labelled.LabelledPictures;
import org.omnimamba.training.run.StepListener;
import org.omnimamba.training.run.TaskFactory;
import org.omnimamba.training.run.TrainingTask;

/**
 * {@code kind: t2i}, stage 1 of drawing. Its data: {@code tokens}, a JSONL file of captions with
 * image tokens as {@code tokenize} writes it; {@code tokenizer}; {@code batch_size}; and, if
 * captions are to be told in other words each epoch, {@code folder} as {@code prepare} writes it.
 * Its objective: {@code lora_dropout}; for the paper's comparisons, {@code adapters: false} trains
 * none, and {@code vocabulary: shared} puts image tokens among the text's, see {@link Vocabulary}.
 */
public final class T2iTask implements TaskFactory {
  private final LabelledPictures labelled;

  /**
   * @param labelled what the pictures of {@code folder} are made into
   */
  public T2iTask(LabelledPictures labelled) {
    this.labelled = labelled;
  }

  @Override
  public TrainingTask create(TrainingConfig config, ModelConfig model, TensorSource initial) {
    Section data = config.data();
    T2iObjective objective =
        new T2iObjective(
            model,
            TextData.batchSize(data),
            dropout(config, model),
            Vocabulary.of(config.objective()));
    BatchSource batches = batches(config, data, model, labelled);
    data.refuseUnknown();
    Predicate<String> trained = Stage.STAGE1_T2I.trained(config.objective());
    config.objective().refuseUnknown();
    return new TrainingTask(objective, trained, initial, batches, StepListener.NONE);
  }

  /** {@code objective.lora_dropout}; the model's own if absent. */
  public static LoraDropout dropout(TrainingConfig config, ModelConfig model) {
    return new LoraDropout(
        config.objective().number("lora_dropout", model.language().lora().dropout()));
  }

  static BatchSource batches(
      TrainingConfig config, Section data, ModelConfig model, LabelledPictures labelled) {
    LanguageModelConfig language = model.language();
    Path file = TextData.existing(config, data, "tokens");
    List<ImageTokens> tokens =
        ImageTokens.read(file, language.imageTokens(), language.imageVocabSize());
    Examples<T2iExample> examples =
        data.has("folder")
            ? labelled.drawings(
                PictureSet.read(TextData.existing(config, data, "folder"), Picture.Split.TRAIN),
                tokens)
            : ImageTokens.examples(tokens);
    Tokenizer tokenizer = TextData.tokenizer(config, data);
    return new ShuffledBatches<>(
            examples,
            new T2iCollator(model, tokenizer),
            TextData.batchSize(data),
            config.run().options().seed())
        .owning(tokenizer::close);
  }
}
