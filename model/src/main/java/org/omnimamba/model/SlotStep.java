package org.omnimamba.model;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.StepOutput;

/** Steps of one slot alone. */
record SlotStep(LanguageModel language, Task task, int slot) implements GenerationLoop.Step {

  @Override
  public StepOutput run(int token, int position, @Nullable PlainDraw draw) {
    return language.step(rows(token, position, draw == null ? List.of() : List.of(draw)))[0];
  }

  @Override
  public int tokensPerCall() {
    return language.tokensPerCall();
  }

  @Override
  public int[] runSeveral(int token, int position, List<PlainDraw> draws) {
    return language.steps(rows(token, position, draws), draws.size())[0];
  }

  private List<StepRow> rows(int token, int position, List<PlainDraw> draws) {
    return List.of(new StepRow(task, slot, token, position, draws));
  }
}
