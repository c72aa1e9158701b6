package org.omnimamba.model.testing;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.sampling.PlainDraw;

/** Rows of decode steps from columns, as golden files hold them. */
public final class GoldenSteps {
  private GoldenSteps() {}

  /** Rows of one task that want their logits. */
  public static List<StepRow> of(Task task, int[] slots, int[] tokens, int[] positions) {
    Task[] tasks = new Task[slots.length];
    Arrays.fill(tasks, task);
    return of(tasks, slots, tokens, positions);
  }

  /** Rows that want their logits. */
  public static List<StepRow> of(Task[] tasks, int[] slots, int[] tokens, int[] positions) {
    return IntStream.range(0, slots.length)
        .mapToObj(i -> StepRow.forLogits(tasks[i], slots[i], tokens[i], positions[i]))
        .toList();
  }

  /** One row that wants its logits. */
  public static List<StepRow> of(Task task, int slot, int token, int position) {
    return List.of(StepRow.forLogits(task, slot, token, position));
  }

  /**
   * Rows that draw one token.
   *
   * @param draws null for a row whose logits are wanted
   */
  public static List<StepRow> of(
      Task[] tasks,
      int[] slots,
      int[] tokens,
      int[] positions,
      List<? extends @Nullable PlainDraw> draws) {
    List<StepRow> rows = of(tasks, slots, tokens, positions);
    return IntStream.range(0, slots.length)
        .mapToObj(i -> draws.get(i) == null ? rows.get(i) : drawing(rows.get(i), draws.get(i)))
        .toList();
  }

  /**
   * Rows that draw several tokens.
   *
   * @param draws {@code [token][row]}
   */
  public static List<StepRow> several(
      Task[] tasks, int[] slots, int[] tokens, int[] positions, List<List<PlainDraw>> draws) {
    List<StepRow> rows = of(tasks, slots, tokens, positions);
    return IntStream.range(0, slots.length)
        .mapToObj(
            i ->
                drawing(
                    rows.get(i), draws.stream().map(each -> each.get(i)).toArray(PlainDraw[]::new)))
        .toList();
  }

  private static StepRow drawing(StepRow row, PlainDraw... draws) {
    return new StepRow(row.task(), row.slot(), row.token(), row.position(), List.of(draws));
  }
}
