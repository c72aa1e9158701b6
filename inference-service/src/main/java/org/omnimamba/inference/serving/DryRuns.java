package org.omnimamba.inference.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.config.SpecialTokens;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.config.VisionConfig;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.omnimamba.model.runtime.language.PromptIds;
import org.omnimamba.model.sampling.PlainDraw;

/**
 * Runs of a model for no request: of everything before the first one, so that none waits for a
 * function to be compiled, and of a little to see whether the device works. They overwrite the
 * states of slots.
 */
final class DryRuns {
  /** Positions after a picture that a short question takes. */
  private static final int LONGEST_QUESTION = 24;

  private final OmniMamba model;
  private final LanguageModel language;
  private final int slots;
  private final int prefillChunk;

  /**
   * @param slots that sequences run in, from 0 on
   * @param prefillChunk longest piece of a prompt
   */
  DryRuns(OmniMamba model, int slots, int prefillChunk) {
    this.model = model;
    this.language = model.language();
    this.slots = slots;
    this.prefillChunk = prefillChunk;
  }

  /**
   * Calls each function that requests will need: every batch size, every length of a piece. What
   * takes longest to compile comes first, so that no thread is left with it in the end.
   */
  void everything() {
    lookAndDraw();
    for (Task task : Task.values()) {
      PromptIds prompt = prompt(task);
      int whole = length(prompt);
      pieces(task, whole).forEach(length -> language.prefill(0, prompt, 0, length));
      forEachBatch(batch -> step(task, batch, whole));
    }
    forEachBatch(this::mixedStep);
  }

  /**
   * Calls what the first request of each kind will need beside {@link #oneOfEachTask}, but not
   * every size: for a device whose functions are not compiled, where a size costs little when it is
   * first needed.
   */
  void oneOfEachKind() {
    lookAndDraw();
    PromptIds question = prompt(Task.MMU);
    int end = imageEnd();
    language.prefill(0, question, 0, Math.min(prefillChunk, end));
    for (int length : language.pieceLengths(Math.min(LONGEST_QUESTION, prefillChunk))) {
      language.prefill(0, question, 0, Math.min(length, length(question)));
    }
  }

  /** The image parts, and the ways of a state. */
  private void lookAndDraw() {
    model.vision().encode(blank(), language.images(), 0);
    model.images().decode(List.of(new int[model.images().tokens()]));
    language.copyState(0, slots > 1 ? 1 : 0);
    language.writeState(0, language.readState(0));
  }

  private int imageEnd() {
    return 2 + model.config().vision().patches();
  }

  private int[] mmuIds(int count) {
    int[] ids = new int[count];
    ids[0] = model.config().specialTokens().mmu();
    return ids;
  }

  /** One prefill and one step of each task, in slot 0, by functions that requests use too. */
  void oneOfEachTask() {
    for (Task task : Task.values()) {
      PromptIds prompt = prompt(task);
      int whole = length(prompt);
      language.prefill(0, prompt, 0, Math.min(prefillChunk, whole));
      step(task, 1, whole);
    }
  }

  /** Lengths of pieces, one for each function. Drawing prompts are all cut in the same places. */
  private TreeSet<Integer> pieces(Task task, int whole) {
    TreeSet<Integer> lengths = new TreeSet<>();
    if (task == Task.T2I) {
      lengths.add(Math.min(prefillChunk, whole));
      if (whole > prefillChunk && whole % prefillChunk > 0) {
        lengths.add(whole % prefillChunk);
      }
      return lengths;
    }
    int longest = Math.min(prefillChunk, whole);
    for (int length : language.pieceLengths(longest)) {
      lengths.add(Math.min(length, longest));
    }
    return lengths;
  }

  private void forEachBatch(IntConsumer step) {
    for (int batch = 1; batch < slots; batch *= 2) {
      step.accept(batch);
    }
    step.accept(slots);
  }

  /** A prompt of one whole piece at least, if its task's prompts can be so long. */
  private PromptIds prompt(Task task) {
    SpecialTokens special = model.config().specialTokens();
    if (task == Task.T2I) {
      int[] ids = new int[model.config().language().t2iPromptTokens()];
      ids[0] = special.t2i();
      return PromptIds.t2i(ids);
    }
    int places = model.config().vision().patches();
    int longest = language.positions(task) - 1 - places;
    int count = Math.max(4, Math.min(longest, prefillChunk - places));
    return PromptIds.mmu(mmuIds(count), 0);
  }

  private int length(PromptIds prompt) {
    int places = prompt.task() == Task.MMU ? model.config().vision().patches() : 0;
    return places + prompt.ids().length;
  }

  private void step(Task task, int batch, int position) {
    step(batch, slot -> task, position);
  }

  /**
   * One token for each sequence, drawn by the device and by the host, and as many as the device
   * draws in one call. TensorFlow prepares a call anew when it returns something else.
   */
  private void step(int batch, IntFunction<Task> taskOfSlot, int position) {
    List<StepRow> drawn = rows(batch, taskOfSlot, position, List.of(PlainDraw.BEST));
    language.step(drawn);
    language.step(rows(batch, taskOfSlot, position, List.of()));
    int several = language.tokensPerCall();
    if (several > 1) {
      language.steps(drawn, several);
    }
  }

  private static List<StepRow> rows(
      int batch, IntFunction<Task> taskOfSlot, int position, List<PlainDraw> draws) {
    return IntStream.range(0, batch)
        .mapToObj(slot -> new StepRow(taskOfSlot.apply(slot), slot, 0, position, draws))
        .toList();
  }

  /** The first row draws, the others understand. */
  private void mixedStep(int batch) {
    if (batch > 1) {
      step(batch, slot -> slot == 0 ? Task.T2I : Task.MMU, 0);
    }
  }

  private ImagePixels blank() {
    VisionConfig vision = model.config().vision();
    List<float[]> towers = new ArrayList<>();
    for (int tower = 0; tower < vision.towers().size(); tower++) {
      towers.add(new float[3 * vision.imageSize() * vision.imageSize()]);
    }
    return new ImagePixels(vision.imageSize(), towers);
  }
}
