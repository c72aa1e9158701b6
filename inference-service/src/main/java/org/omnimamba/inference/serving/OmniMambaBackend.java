package org.omnimamba.inference.serving;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.InferenceProperties;
import org.omnimamba.inference.InferenceProperties.RuntimeProperties;
import org.omnimamba.inference.engine.ModelBackend;
import org.omnimamba.inference.engine.PromptInput;
import org.omnimamba.inference.engine.PromptInput.Picture;
import org.omnimamba.model.config.SpecialTokens;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.runtime.ExecutionOptions;
import org.omnimamba.model.runtime.LanguageModel;
import org.omnimamba.model.runtime.OmniMamba;
import org.omnimamba.model.runtime.PromptEmbeddings;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.runtime.SlotState;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.StepOutput;

/** The real model as the engine sees it. */
final class OmniMambaBackend implements ModelBackend {
  private final OmniMamba model;
  private final LanguageModel language;
  private final int spareSlots;

  private OmniMambaBackend(OmniMamba model, int spareSlots) {
    this.model = model;
    this.language = model.language();
    this.spareSlots = spareSlots;
  }

  /**
   * Loads the model. Where graphs are compiled, those that requests will need are compiled now:
   * every batch size, and every length up to a prefill chunk.
   */
  static ModelBackend open(InferenceProperties properties) {
    RuntimeProperties runtime = properties.runtime();
    int spareSlots = properties.pictures().deviceSlots();
    RuntimeOptions options =
        new RuntimeOptions(
            properties.engine().slots() + spareSlots,
            new ExecutionOptions(runtime.device(), runtime.compile(), runtime.threads()),
            runtime.storage(),
            runtime.layout(),
            runtime.precision(),
            runtime.mergeLora(),
            runtime.handwrittenKernels(),
            runtime.state());
    OmniMambaBackend backend =
        new OmniMambaBackend(OmniMamba.load(properties.model(), options), spareSlots);
    try {
      if (runtime.compile()) {
        backend.warmUp(properties.engine().prefillChunk());
      }
      return backend;
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }

  private void warmUp(int prefillChunk) {
    for (Task task : Task.values()) {
      PromptEmbeddings prompt = prompt(task, prefillChunk);
      for (int length = 1; length <= prompt.length(); length *= 2) {
        language.prefill(task, 0, prompt, 0, length);
      }
      language.prefill(task, 0, prompt, 0, prompt.length());
      forEachBatch(batch -> step(task, batch, prompt.length()));
    }
    forEachBatch(this::mixedStep);
    language.copyState(0, 1);
    restore(0, save(1));
    draw(new int[model.images().tokens()]);
  }

  private void forEachBatch(IntConsumer step) {
    for (int batch = 1; batch < slots(); batch *= 2) {
      step.accept(batch);
    }
    step.accept(slots());
  }

  private PromptEmbeddings prompt(Task task, int atLeast) {
    SpecialTokens special = model.config().specialTokens();
    if (task == Task.T2I) {
      int[] ids = new int[model.config().language().t2iPromptTokens()];
      ids[0] = special.t2i();
      return language.embedT2i(ids);
    }
    int places = model.config().vision().patches();
    int longest = language.positions(task) - 1 - places;
    int[] ids = new int[Math.max(4, Math.min(longest, atLeast - places))];
    ids[0] = special.mmu();
    return language.embedMmu(ids, null);
  }

  private void step(Task task, int batch, int position) {
    int[] slots = IntStream.range(0, batch).toArray();
    int[] tokens = new int[batch];
    int[] positions = IntStream.range(0, batch).map(i -> position).toArray();
    language.step(task, slots, tokens, positions);
  }

  /** The first row draws, the others understand. */
  private void mixedStep(int batch) {
    if (batch == 1) {
      return;
    }
    Task[] tasks = new Task[batch];
    Arrays.fill(tasks, Task.MMU);
    tasks[0] = Task.T2I;
    language.step(tasks, IntStream.range(0, batch).toArray(), new int[batch], new int[batch]);
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
  public PreparedPrompt prepare(PromptInput prompt, int from) {
    if (prompt.task() == Task.T2I) {
      return new Prepared(language.embedT2i(prompt.ids()));
    }
    Picture picture = prompt.picture();
    if (picture == null || from >= picture.end()) {
      // places that are not going to be fed may hold anything
      return new Prepared(language.embedMmu(prompt.ids(), null));
    }
    return new Prepared(language.embedMmu(prompt.ids(), model.vision().encode(picture.pixels())));
  }

  @Override
  public float[] prefill(int slot, PreparedPrompt prompt, int from, int to) {
    PromptEmbeddings embeddings = ((Prepared) prompt).embeddings();
    return language.prefill(embeddings.task(), slot, embeddings, from, to);
  }

  @Override
  public StepOutput[] step(
      Task[] tasks,
      int[] slots,
      int[] tokens,
      int[] positions,
      List<? extends @Nullable PlainDraw> draws) {
    return language.step(tasks, slots, tokens, positions, draws);
  }

  @Override
  public int tokensPerCall() {
    return language.tokensPerCall();
  }

  @Override
  public int[][] steps(
      Task[] tasks, int[] slots, int[] tokens, int[] positions, List<List<PlainDraw>> draws) {
    return language.steps(tasks, slots, tokens, positions, draws);
  }

  @Override
  public void copyState(int fromSlot, int toSlot) {
    language.copyState(fromSlot, toSlot);
  }

  @Override
  public SavedState save(int slot) {
    return new Saved(language.readState(slot));
  }

  @Override
  public void restore(int slot, SavedState state) {
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
    for (Task task : Task.values()) {
      PromptEmbeddings prompt = prompt(task, 1);
      language.prefill(task, 0, prompt, 0, prompt.length());
      step(task, 1, prompt.length());
    }
  }

  @Override
  public void close() {
    model.close();
  }

  private record Prepared(PromptEmbeddings embeddings) implements PreparedPrompt {}

  private record Saved(SlotState state) implements SavedState {}
}
