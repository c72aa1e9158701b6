package org.omnimamba.benchmarks.serving;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.omnimamba.benchmarks.BenchmarkArguments;
import org.omnimamba.benchmarks.StepTimer;
import org.omnimamba.benchmarks.figures.Quantile;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.device.ExecutionOptions.Device;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.image.ImagePreprocessor;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.omnimamba.model.runtime.language.PromptIds;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.text.Prompt;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Truncation;
import tools.jackson.databind.json.JsonMapper;

/**
 * Times the parts of a model as {@code omnimamba serve} runs them, one after the other. The child
 * of {@link ServingLoad}. Arguments: {@code --model DIR --device CPU --slots 8 --windows 1,8 --runs
 * 20 --prefill-chunk 256 --question TEXT}. Prints {@link EngineFigures} as JSON.
 */
public final class EngineBound {
  private static final int STEPS_PER_RUN = 3;

  private final OmniMamba model;
  private final LanguageModel language;
  private final int chunk;
  private final int[] windows;
  private final int runs;
  private final PromptIds drawing;
  private final Prompt question;
  private final ImagePixels photo;

  private EngineBound(OmniMamba model, BenchmarkArguments arguments) {
    this.model = model;
    this.language = model.language();
    this.chunk = arguments.number("prefill-chunk", 256);
    this.runs = arguments.number("runs", 20);
    this.windows =
        Arrays.stream(arguments.numbers("windows", "1,8"))
            .filter(batch -> batch <= language.slots())
            .toArray();
    PromptLayouts layouts = PromptLayouts.plain(model.config(), model.tokenizer());
    this.drawing = PromptIds.t2i(layouts.t2i("a green tree", Truncation.AUTO).ids());
    this.question = layouts.question(arguments.text("question", "What is in it?"), Truncation.AUTO);
    this.photo = new ImagePreprocessor(model.config().vision()).prepare(SyntheticPhoto.pixels(1));
  }

  public static void main(String[] args) {
    BenchmarkArguments arguments = new BenchmarkArguments(args);
    RuntimeOptions options = options(arguments);
    try (OmniMamba model = OmniMamba.load(Path.of(arguments.text("model", "")), options)) {
      EngineBound bound = new EngineBound(model, arguments);
      if (options.execution().compile()) {
        model.compileFor(
            bound::everyCall, options.execution().compileThreads(), (function, nanos) -> {});
      }
      System.out.println(JsonMapper.shared().writeValueAsString(bound.measure()));
    }
  }

  /** As serve chooses where nothing is set but the number of slots. */
  private static RuntimeOptions options(BenchmarkArguments arguments) {
    Device device = Device.valueOf(arguments.text("device", "CPU"));
    RuntimeOptions options =
        device == Device.GPU
            ? RuntimeOptions.gpu()
            : RuntimeOptions.cpu().withExecution(new ExecutionOptions(device, false, 0));
    return options.withSlots(arguments.number("slots", 8));
  }

  private EngineFigures measure() {
    StepTimer timer = new StepTimer(language, Task.T2I, "SAMPLED", STEPS_PER_RUN * runs, null);
    TreeMap<Integer, Double> several = new TreeMap<>();
    TreeMap<Integer, Double> single = new TreeMap<>();
    for (int batch : windows) {
      single.put(batch, timer.time(batch, 0, 1).median());
      several.put(batch, timer.time(batch, 0, language.tokensPerCall()).median());
    }
    return new EngineFigures(
        several,
        single,
        millis(this::readDrawing),
        millis(this::decode),
        millis(this::look),
        millis(this::readNewPhoto),
        millis(this::readKnownPhoto),
        millis(() -> language.copyState(0, 1)),
        model.images().tokens());
  }

  private void everyCall() {
    for (int batch : windows) {
      List<StepRow> rows = new ArrayList<>();
      for (int slot = 0; slot < batch; slot++) {
        rows.add(new StepRow(Task.T2I, slot, 1, 0, List.of(new PlainDraw(1, 0.5))));
      }
      language.step(rows);
      if (language.tokensPerCall() > 1) {
        language.steps(rows, language.tokensPerCall());
      }
    }
    look();
    decode();
    readDrawing();
    readNewPhoto();
    readKnownPhoto();
  }

  private void readDrawing() {
    language.prefill(0, drawing, 0, drawing.ids().length);
  }

  private void decode() {
    model.images().decode(List.of(new int[model.images().tokens()]));
  }

  private void look() {
    model.vision().encode(photo, language.images(), 0);
  }

  private void readNewPhoto() {
    feed(PromptIds.mmu(question.ids(), 0), 0, 0);
  }

  private void readKnownPhoto() {
    language.copyState(0, 1);
    feed(PromptIds.mmu(question.ids(), PromptIds.NO_IMAGE), question.imageEnd(), 1);
  }

  /** In the pieces that the engine cuts. */
  private void feed(PromptIds prompt, int from, int slot) {
    int at = from;
    while (at < question.length()) {
      int end = Math.min(at - at % chunk + chunk, question.length());
      if (at < question.imageEnd()) {
        end = Math.min(end, question.imageEnd());
      }
      language.prefill(slot, prompt, at, end);
      at = end;
    }
  }

  /** The median of the runs after the first. */
  private double millis(Runnable call) {
    call.run();
    double[] millis = new double[runs];
    for (int run = 0; run < runs; run++) {
      long start = System.nanoTime();
      call.run();
      millis[run] = (System.nanoTime() - start) / 1e6;
    }
    return Quantile.median(millis);
  }
}
