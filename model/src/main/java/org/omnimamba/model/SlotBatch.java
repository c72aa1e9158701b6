package org.omnimamba.model;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.omnimamba.model.runtime.language.PromptEmbeddings;
import org.omnimamba.model.sampling.TokenSampler;

/**
 * Generates many sequences of one task in all of a model's slots: as soon as one ends, the next
 * takes its slot. Each step runs the same slots, so that it is compiled once, and so that a
 * sequence does not depend on what else was asked. For use by the model's one thread.
 */
public final class SlotBatch {
  private final LanguageModel language;
  private final Task task;
  private final TokenSampler sampler = new TokenSampler();

  /**
   * A sequence and how it begins.
   *
   * @param sequence not yet started
   * @param prompt what it reads first
   */
  public record Request(Sequence sequence, PromptEmbeddings prompt) {}

  /**
   * @param model a loaded model; all its slots are used
   * @param task of all the sequences
   */
  public SlotBatch(OmniMamba model, Task task) {
    this.language = model.language();
    this.task = task;
  }

  /**
   * Runs all sequences to their ends.
   *
   * @param requests taken one by one when a slot is free
   */
  public void run(Iterator<Request> requests) {
    run(requests, ended -> {});
  }

  /**
   * Runs all sequences to their ends.
   *
   * @param requests taken one by one when a slot is free
   * @param ended is given each sequence when it has ended, in the order in which they end
   */
  public void run(Iterator<Request> requests, Consumer<Sequence> ended) {
    List<@Nullable Sequence> slots = new ArrayList<>();
    while (slots.size() < language.slots()) {
      slots.add(begin(requests, slots.size(), ended));
    }
    while (slots.stream().anyMatch(Objects::nonNull)) {
      float[][] logits = step(slots);
      for (int slot = 0; slot < slots.size(); slot++) {
        Sequence sequence = slots.get(slot);
        if (sequence != null && accept(sequence, logits[slot])) {
          ended.accept(sequence);
          slots.set(slot, begin(requests, slot, ended));
        }
      }
    }
  }

  /** Prefills the next sequence that does not end with its first token; null if there is none. */
  private @Nullable Sequence begin(Iterator<Request> requests, int slot, Consumer<Sequence> ended) {
    while (requests.hasNext()) {
      Request request = requests.next();
      Sequence sequence = request.sequence();
      PromptEmbeddings prompt = request.prompt();
      if (!accept(sequence, language.prefill(task, slot, prompt, 0, prompt.length()))) {
        return sequence;
      }
      ended.accept(sequence);
    }
    return null;
  }

  /** Returns whether the sequence has ended. */
  private boolean accept(Sequence sequence, float[] logits) {
    sequence.accept(logits, sampler);
    return sequence.finished();
  }

  /** Steps all slots; idle ones are fed anything. */
  private float[][] step(List<@Nullable Sequence> slots) {
    List<StepRow> rows = new ArrayList<>(slots.size());
    for (int slot = 0; slot < slots.size(); slot++) {
      Sequence sequence = slots.get(slot);
      int token = sequence == null ? 0 : sequence.lastToken();
      int position = sequence == null ? 0 : sequence.nextPosition();
      rows.add(StepRow.forLogits(task, slot, token, position));
    }
    return language.logits(rows);
  }
}
