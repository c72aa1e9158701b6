package org.omnimamba.training.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.text.Tokenizer;
import org.omnimamba.model.text.Turn;
import org.omnimamba.training.augmentation.AugmentationSettings;
import org.omnimamba.training.data.ImageTokens;
import org.omnimamba.training.data.MmuCollator;
import org.omnimamba.training.data.MmuExample;
import org.omnimamba.training.data.MmuText;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureSet;
import org.omnimamba.training.data.T2iCollator;
import org.omnimamba.training.data.T2iExample;
import org.omnimamba.training.objective.ImageFeatures;
import org.omnimamba.training.objective.LoraDropout;
import org.omnimamba.training.objective.MmuObjective;
import org.omnimamba.training.objective.T2iObjective;
import org.omnimamba.training.objective.Vocabulary;
import org.omnimamba.training.step.LossFunction;
import org.omnimamba.training.step.Objective;
import org.omnimamba.training.step.TrainableParameters;

/**
 * Measures trained parameters with the right tokens given, so that variants of the model that the
 * runtime does not serve are measured alike: the loss of image tokens after the evaluation's
 * caption, and whether every token of the answer to "what is this?" is the most probable one, which
 * is so exactly when the greedy answer is the name.
 */
public final class TokenScores {
  private static final int DRAWINGS = 8;
  private static final int TEXT_LENGTH = 64;
  private static final String QUESTION = "what is this?";

  private final ModelConfig model;
  private final Tokenizer tokenizer;
  private final Vocabulary vocabulary;
  private final int limit;

  /**
   * @param vocabulary that the parameters were trained with
   * @param limit pictures of a set at most, spread evenly over it
   */
  public TokenScores(ModelConfig model, Tokenizer tokenizer, Vocabulary vocabulary, int limit) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.vocabulary = vocabulary;
    this.limit = limit;
  }

  /**
   * The scores of one set.
   *
   * @param t2iLoss mean cross entropy of an image token, in nats
   * @param t2iAccuracy share of image tokens that are the most probable ones
   * @param exactNames answers that are exactly the name
   */
  public record Scores(double t2iLoss, double t2iAccuracy, Rate exactNames) {}

  /**
   * Measures.
   *
   * @param source all parameters; needed during this call only
   * @param tokens of every picture, in the order of their index
   */
  public Scores of(
      TensorSource source, ExecutionOptions execution, PictureSet set, List<ImageTokens> tokens) {
    List<Picture> pictures =
        EvaluationPictures.sample(set, limit).stream().map(LabelledPicture::label).toList();
    Rate names;
    MmuObjective naming =
        new MmuObjective(
            model,
            1,
            TEXT_LENGTH,
            ImageFeatures.pictures(AugmentationSettings.none()),
            LoraDropout.NONE);
    try (DeviceProgram program = new DeviceProgram(execution)) {
      names = names(loss(program, source, naming), set, pictures);
    }
    T2iObjective drawing = new T2iObjective(model, DRAWINGS, LoraDropout.NONE, vocabulary);
    try (DeviceProgram program = new DeviceProgram(execution)) {
      double[] drawn = drawings(loss(program, source, drawing), pictures, tokens);
      return new Scores(drawn[0], drawn[1], names);
    }
  }

  private static LossFunction loss(
      DeviceProgram program, TensorSource source, Objective objective) {
    return LossFunction.create(
        program,
        TrainableParameters.load(program, source, name -> true, objective),
        objective,
        Precision.FLOAT32);
  }

  private Rate names(LossFunction loss, PictureSet set, List<Picture> pictures) {
    MmuCollator collator = new MmuCollator(model, tokenizer, MmuText.AS_SERVED, TEXT_LENGTH);
    int exact = 0;
    for (Picture picture : pictures) {
      MmuExample example =
          new MmuExample(
              set.pixels(picture.index()),
              List.of(Turn.user(QUESTION), Turn.assistant(picture.name())));
      if (metric(loss.run(collator.collate(List.of(example))), "mmu_accuracy") == 1) {
        exact++;
      }
    }
    return new Rate(exact, pictures.size());
  }

  /** Loss and accuracy; pictures that do not fill a batch are left out. */
  private double[] drawings(LossFunction loss, List<Picture> pictures, List<ImageTokens> tokens) {
    T2iCollator collator = new T2iCollator(model, tokenizer);
    double[] sums = new double[2];
    int batches = pictures.size() / DRAWINGS;
    for (int batch = 0; batch < batches; batch++) {
      List<T2iExample> examples = new ArrayList<>();
      for (Picture picture : pictures.subList(batch * DRAWINGS, (batch + 1) * DRAWINGS)) {
        examples.add(
            new T2iExample(picture.canonicalCaption(), tokens.get(picture.index()).imageIds()));
      }
      Map<String, Float> metrics = loss.run(collator.collate(examples));
      sums[0] += metric(metrics, "t2i_loss") / batches;
      sums[1] += metric(metrics, "t2i_accuracy") / batches;
    }
    return sums;
  }

  private static double metric(Map<String, Float> metrics, String name) {
    Float value = metrics.get(name);
    if (value == null) {
      throw new IllegalStateException("the objective reports no " + name);
    }
    return value;
  }
}
