package org.omnimamba.standalone.cli;

import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.text.Truncation;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What pictures and answers have in common on the command line. */
final class RunOptions {
  @Mixin private ModelOption model;
  @Mixin private SamplingOptions sampling;

  @Option(names = "--truncate", description = "Cut a text that is too long instead of refusing it")
  private boolean truncate;

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

  SamplingOptions sampling() {
    return sampling;
  }

  /** One sequence at a time; the same results with and without compilation. */
  RuntimeOptions runtime() {
    RuntimeOptions options = RuntimeOptions.cpu().withSlots(1);
    return options.withExecution(options.execution().withCompile(compile));
  }

  boolean json() {
    return json;
  }

  Truncation truncation() {
    return truncate ? Truncation.AUTO : Truncation.DISABLED;
  }
}
