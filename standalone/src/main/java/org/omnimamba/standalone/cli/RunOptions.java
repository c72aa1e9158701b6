package org.omnimamba.standalone.cli;

import java.util.List;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.text.Truncation;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What pictures and answers have in common on the command line. */
final class RunOptions {
  /** What {@code --like-reference} stands for; a shorter answer may still be asked for. */
  private static final List<String> DECIDED =
      List.of(
          "--temperature",
          "--top-k",
          "--top-p",
          "--min-p",
          "--repetition-penalty",
          "--truncate",
          "--control-tokens");

  @Mixin private ModelOption model;
  @Mixin private SamplingOptions sampling;

  @Option(names = "--truncate", description = "Cut a text that is too long instead of refusing it")
  private boolean truncate;

  @Option(
      names = "--control-tokens",
      description =
          "Obey the model's control tokens in a text, such as <|eot|>, which is text else")
  private boolean controlTokens;

  @Option(
      names = "--like-reference",
      description = {
        "Generate as the authors' scripts do, in place of these options:",
        "--temperature 1 --top-k 1 --top-p 0 --control-tokens, for pictures --truncate, for answers"
            + " --max-tokens 2048. Computed in float32, as always here"
      })
  private boolean likeReference;

  @Option(
      names = "--compile",
      description = {
        "Compile the model with XLA first.",
        "Takes longer to start and then steps faster: for large models or long answers"
      })
  private boolean compile;

  @Option(names = "--json", description = "Print one JSON object on standard output")
  private boolean json;

  ModelOption model() {
    return model;
  }

  /**
   * How tokens are drawn.
   *
   * @param defaultTemperature where no option says
   * @throws org.omnimamba.model.sampling.InvalidSamplingException if a value is out of range
   */
  SamplingParameters sampling(float defaultTemperature) {
    SamplingParameters given = sampling.parameters(defaultTemperature);
    return likeReference ? SamplingOptions.reference(given.seed()) : given;
  }

  boolean likeReference() {
    return likeReference;
  }

  /** Whether control tokens in a text are obeyed, as the reference does. */
  boolean controlTokens() {
    return controlTokens || likeReference;
  }

  /**
   * Checks that nothing is decided twice.
   *
   * @throws ParameterException if an option is given that {@code --like-reference} decides
   */
  void check(CommandLine command) {
    if (likeReference) {
      for (String option : DECIDED) {
        if (command.getParseResult().hasMatchedOption(option)) {
          throw new ParameterException(
              command, "--like-reference decides " + option + "; leave one of the two out");
        }
      }
    }
  }

  /** One sequence at a time; the same results with and without compilation. */
  RuntimeOptions runtime() {
    RuntimeOptions options = RuntimeOptions.cpu().withSlots(1);
    return options.withExecution(options.execution().withCompile(compile));
  }

  boolean json() {
    return json;
  }

  /** Whether a question that is too long is cut; the reference cuts none, and fails. */
  Truncation truncation() {
    return truncate ? Truncation.AUTO : Truncation.DISABLED;
  }

  /** Whether a caption that is too long is cut, as the reference does. */
  Truncation captionTruncation() {
    return truncate || likeReference ? Truncation.AUTO : Truncation.DISABLED;
  }
}
