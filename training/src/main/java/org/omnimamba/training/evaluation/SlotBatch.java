package org.omnimamba.training.evaluation;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.omnimamba.model.runtime.language.PromptEmbeddings;
import org.omnimamba.model.sampling.TokenSampler;

/**
 * Generates many sequences of one task in all of a model's slots: as soon as one ends, the next
 * takes its slot. Each step runs the same slots, so that it is compiled once.
 */
final class SlotBatch {
  private final LanguageModel language;
  private final Task task;
  private final TokenSampler sampler = new TokenSampler();

  /**
   * A sequence and how it begins.
   *
   * @param sequence not yet started
   * @param prompt what it reads first
   */
  record Request(Sequence sequence, PromptEmbeddings prompt) {}

  SlotBatch(OmniMamba model, Task task) {
    this.language = model.language();
    this.task = task;
  }

  /**
   * Runs all sequences to their ends.
   *
   * @param requests taken one by one when a slot is free
   */
  void run(Iterator<Request> requests) {
    List<@Nullable Sequence> slots = new ArrayList<>();
    while (slots.size() < language.slots() && requests.hasNext()) {
      slots.add(begin(requests, slots.size()));
    }
    while (slots.stream().anyMatch(Objects::nonNull)) {
      float[][] logits = step(slots);
      for (int slot = 0; slot < slots.size(); slot++) {
        Sequence sequence = slots.get(slot);
        if (sequence != null && accept(sequence, logits[slot])) {
          slots.set(slot, begin(requests, slot));
        }
      }
    }
  }

  /** Prefills the next sequence that does not end with its first token; null if there is none. */
  private @Nullable Sequence begin(Iterator<Request> requests, int slot) {
    while (requests.hasNext()) {
      Request request = requests.next();
      Sequence sequence = request.sequence();
      PromptEmbeddings prompt = request.prompt();
      if (!accept(sequence, language.prefill(task, slot, prompt, 0, prompt.length()))) {
        return sequence;
      }
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
