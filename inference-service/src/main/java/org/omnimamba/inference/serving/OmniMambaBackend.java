package org.omnimamba.inference.serving;

import java.nio.file.Path;
import java.util.List;
import org.omnimamba.inference.InferenceProperties;
import org.omnimamba.inference.InferenceProperties.RuntimeProperties;
import org.omnimamba.inference.engine.ModelBackend;
import org.omnimamba.inference.engine.PromptInput;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.omnimamba.model.runtime.language.PromptIds;
import org.omnimamba.model.runtime.language.SavedState;
import org.omnimamba.model.sampling.StepOutput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The real model as the engine sees it. */
final class OmniMambaBackend implements ModelBackend {
  private static final Logger log = LoggerFactory.getLogger(OmniMambaBackend.class);

  private final OmniMamba model;
  private final LanguageModel language;
  private final int spareSlots;
  private final boolean beside;
  private final DryRuns dryRuns;

  private OmniMambaBackend(OmniMamba model, int spareSlots, int prefillChunk, boolean beside) {
    this.model = model;
    this.language = model.language();
    this.spareSlots = spareSlots;
    this.beside = beside;
    this.dryRuns = new DryRuns(model, slots(), prefillChunk);
  }

  /**
   * Loads the model. Where graphs are compiled, those that requests will need are compiled now:
   * every batch size, and every length up to a prefill chunk. They are compiled several at a time
   * first; then they are called as requests will. Elsewhere one function of each kind runs, so that
   * no first request waits for TensorFlow to prepare the towers or the picture decoder.
   */
  static ModelBackend open(InferenceProperties properties, StartMeters meters) {
    long start = System.nanoTime();
    RuntimeProperties runtime = properties.runtime();
    RuntimeChoice choice =
        RuntimeChoice.of(
            runtime,
            properties.engine().slots(),
            () -> DeviceProgram.hasGpu(runtime.threads()),
            () -> hasInt8(properties.model()));
    log.info(choice.reason());
    int spareSlots = PictureRoom.slots(properties, choice.options());
    RuntimeOptions options = choice.options().withSlots(choice.options().slots() + spareSlots);
    OmniMamba model = OmniMamba.load(properties.model(), options);
    try {
      long loaded = System.nanoTime();
      meters.loaded(model, loaded - start);
      OmniMambaBackend backend =
          new OmniMambaBackend(
              model, spareSlots, properties.engine().prefillChunk(), beside(properties, options));
      if (options.execution().compile()) {
        int threads = runtime.compileThreads();
        meters.compiled(
            model.compileFor(
                backend.dryRuns::everything,
                threads == 0 ? options.execution().compileThreads() : threads,
                meters::compiled));
        long compiled = System.nanoTime();
        backend.dryRuns.everything();
        long end = System.nanoTime();
        meters.warm(model, end - compiled, end - loaded);
      } else {
        backend.dryRuns.oneOfEachKind();
        meters.warm(System.nanoTime() - loaded);
      }
      return backend;
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  private static boolean hasInt8(Path model) {
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      return checkpoint.hasInt8();
    }
  }

  /** On a CPU both threads would share the processors that one of them keeps busy. */
  private static boolean beside(InferenceProperties properties, RuntimeOptions options) {
    Boolean wanted = properties.engine().beside();
    return wanted == null ? options.execution().device() != ExecutionOptions.Device.CPU : wanted;
  }

  @Override
  public int slots() {
    return language.slots() - spareSlots;
  }

  @Override
  public int spareSlots() {
    return spareSlots;
  }

  @Override
  public long stateBytes() {
    return language.stateBytes();
  }

  @Override
  public boolean worksBeside() {
    return beside;
  }

  @Override
  public int imagePlaces() {
    return language.images().places();
  }

  @Override
  public void look(ImagePixels pixels, int place) {
    model.vision().encode(pixels, language.images(), place);
  }

  @Override
  public float[] prefill(int slot, PromptInput prompt, int place, int from, int to) {
    PromptIds ids =
        prompt.task() == Task.T2I
            ? PromptIds.t2i(prompt.ids())
            : PromptIds.mmu(prompt.ids(), place == NO_PLACE ? PromptIds.NO_IMAGE : place);
    return language.prefill(slot, ids, from, to);
  }

  @Override
  public StepOutput[] step(List<StepRow> rows) {
    return language.step(rows);
  }

  @Override
  public int tokensPerCall() {
    return language.tokensPerCall();
  }

  @Override
  public int[][] steps(List<StepRow> rows, int count) {
    return language.steps(rows, count);
  }

  @Override
  public void copyState(int fromSlot, int toSlot) {
    language.copyState(fromSlot, toSlot);
  }

  @Override
  public SlotSnapshot save(int slot) {
    return new Saved(language.readState(slot));
  }

  @Override
  public void restore(int slot, SlotSnapshot state) {
    language.writeState(slot, ((Saved) state).state());
  }

  @Override
  public RgbImage draw(int[] codes) {
    return codes.length == model.images().tokens()
        ? model.images().decode(List.of(codes)).get(0)
        : model.images().decodePartial(codes);
  }

  @Override
  public void probe() {
    dryRuns.oneOfEachTask();
  }

  @Override
  public void close() {
    model.close();
  }

  private record Saved(SavedState state) implements SlotSnapshot {}
}
