package org.omnimamba.model.generation;

import org.omnimamba.model.config.Task;
import org.omnimamba.model.runtime.LanguageModel;

/** Steps of one slot alone. */
final class SlotStep {
  private SlotStep() {}

  static GenerationLoop.Step of(LanguageModel language, Task task, int slot) {
    int[] slots = {slot};
    return (token, position) ->
        language.step(task, slots, new int[] {token}, new int[] {position})[0];
  }
}
