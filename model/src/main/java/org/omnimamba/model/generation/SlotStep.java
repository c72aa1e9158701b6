package org.omnimamba.model.generation;

import java.util.Collections;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.runtime.LanguageModel;

/** Steps of one slot alone. */
final class SlotStep {
  private SlotStep() {}

  static GenerationLoop.Step of(LanguageModel language, Task task, int slot) {
    int[] slots = {slot};
    Task[] tasks = {task};
    return (token, position, draw) ->
        language
            .step(
                tasks,
                slots,
                new int[] {token},
                new int[] {position},
                Collections.singletonList(draw))[0];
  }
}
