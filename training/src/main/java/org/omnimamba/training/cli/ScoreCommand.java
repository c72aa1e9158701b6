package org.omnimamba.training.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.text.Tokenizer;
import org.omnimamba.training.data.ImageTokens;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureSet;
import org.omnimamba.training.evaluation.TokenScores;
import org.omnimamba.training.objective.Vocabulary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code omnimamba score}: how probable trained parts find the right tokens. */
@Command(
    name = "score",
    mixinStandardHelpOptions = true,
    description = {
      "Measures trained parts with the right tokens given, also of variants that cannot be served.",
      "Prints for each split: split, loss and accuracy of image tokens, exact names in percent."
    })
public final class ScoreCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private TrainedParts parts;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Pictures, as 'prepare' leaves them.")
  private Path data;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      required = true,
      description = "The model's tokenizer.json.")
  private Path tokenizer;

  @Option(
      names = "--vocabulary",
      paramLabel = "KIND",
      defaultValue = "DECOUPLED",
      description = "What the parts were trained with: decoupled or shared (${DEFAULT-VALUE})")
  private Vocabulary vocabulary;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "400",
      description = "Pictures of each split at most (${DEFAULT-VALUE})")
  private int limit;

  @Override
  public Integer call() {
    ModelConfig model = parts.model();
    try (TensorSource source = parts.open(model);
        Tokenizer texts = Tokenizer.open(tokenizer)) {
      TokenScores scores = new TokenScores(model, texts, vocabulary, limit);
      for (Picture.Split split : List.of(Picture.Split.TRAIN, Picture.Split.HELDOUT)) {
        List<ImageTokens> tokens =
            ImageTokens.read(
                data.resolve(ImageTokens.file(split)),
                model.language().imageTokens(),
                model.language().imageVocabSize());
        TokenScores.Scores measured =
            scores.of(source, parts.execution(), PictureSet.read(data, split), tokens);
        spec.commandLine()
            .getOut()
            .printf(
                Locale.ROOT,
                "%s %.4f %.4f %.2f%n",
                split.label(),
                measured.t2iLoss(),
                measured.t2iAccuracy(),
                measured.exactNames().percent());
      }
    }
    return 0;
  }
}
