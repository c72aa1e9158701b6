package org.omnimamba.model;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.StepOutput;

/** Steps of one slot alone. */
final class SlotStep implements GenerationLoop.Step {
  private final LanguageModel language;
  private final Task[] tasks;
  private final int[] slots;

  private SlotStep(LanguageModel language, Task task, int slot) {
    this.language = language;
    this.tasks = new Task[] {task};
    this.slots = new int[] {slot};
  }

  static GenerationLoop.Step of(LanguageModel language, Task task, int slot) {
    return new SlotStep(language, task, slot);
  }

  @Override
  public StepOutput run(int token, int position, @Nullable PlainDraw draw) {
    List<@Nullable PlainDraw> draws = Collections.singletonList(draw);
    return language.step(tasks, slots, new int[] {token}, new int[] {position}, draws)[0];
  }

  @Override
  public int tokensPerCall() {
    return language.tokensPerCall();
  }

  @Override
  public int[] runSeveral(int token, int position, List<PlainDraw> draws) {
    List<List<PlainDraw>> each = draws.stream().map(List::of).toList();
    return language.steps(tasks, slots, new int[] {token}, new int[] {position}, each)[0];
  }
}
