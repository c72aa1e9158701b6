package org.omnimamba.standalone.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.omnimamba.model.runtime.OmniMamba;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.text.PromptLayouts;

/** A model in this process, for one run. */
final class LoadedModel implements AutoCloseable {
  private final OmniMamba model;
  private final Duration loading;

  private LoadedModel(OmniMamba model, Duration loading) {
    this.model = model;
    this.loading = loading;
  }

  static LoadedModel load(ModelOption option, PrintWriter err) {
    Path directory = option.locate(err);
    err.println("omnimamba: loading " + directory);
    long start = System.nanoTime();
    OmniMamba model = OmniMamba.load(directory, RuntimeOptions.cpu().withSlots(1));
    return new LoadedModel(model, Duration.ofNanos(System.nanoTime() - start));
  }

  OmniMamba model() {
    return model;
  }

  PromptLayouts layouts() {
    return new PromptLayouts(model.config(), model.tokenizer());
  }

  Duration loading() {
    return loading;
  }

  @Override
  public void close() {
    model.close();
  }
}
