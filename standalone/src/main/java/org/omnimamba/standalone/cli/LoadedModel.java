package org.omnimamba.standalone.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.text.PromptLayouts;

/** A model in this process, for one run. */
final class LoadedModel implements AutoCloseable {
  private final OmniMamba model;
  private final Duration loading;

  private LoadedModel(OmniMamba model, Duration loading) {
    this.model = model;
    this.loading = loading;
  }

  static LoadedModel load(RunOptions options, PrintWriter err) {
    Path directory = options.model().locate(err);
    err.println("omnimamba: loading " + directory);
    long start = System.nanoTime();
    OmniMamba model = OmniMamba.load(directory, options.runtime());
    return new LoadedModel(model, Duration.ofNanos(System.nanoTime() - start));
  }

  OmniMamba model() {
    return model;
  }

  /**
   * How prompts are laid out.
   *
   * @param controlTokens whether control tokens in a text are obeyed
   */
  PromptLayouts layouts(boolean controlTokens) {
    return controlTokens
        ? new PromptLayouts(model.config(), model.tokenizer())
        : PromptLayouts.plain(model.config(), model.tokenizer());
  }

  Duration loading() {
    return loading;
  }

  @Override
  public void close() {
    model.close();
  }
}
