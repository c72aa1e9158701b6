package org.omnimamba.model.generation;

import java.util.List;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.sampling.PlainDraw;

/**
 * One sequence's part in a decode step.
 *
 * @param task whose vocabulary the token is of
 * @param slot that holds the sequence's state
 * @param token to feed
 * @param position number of positions that the slot has processed
 * @param draws how the device draws the tokens that follow, in their order and with one
 *     temperature; empty where the logits are wanted instead
 */
public record StepRow(Task task, int slot, int token, int position, List<PlainDraw> draws) {
  public StepRow {
    draws = List.copyOf(draws);
  }

  /** A row whose logits are wanted. */
  public static StepRow forLogits(Task task, int slot, int token, int position) {
    return new StepRow(task, slot, token, position, List.of());
  }

  public boolean wantsLogits() {
    return draws.isEmpty();
  }

  /**
   * How the token number {@code index} after this one is drawn. The last draw stands for those that
   * are missing: the sequence ends before them, so their tokens do not matter.
   */
  public PlainDraw draw(int index) {
    return draws.get(Math.min(index, draws.size() - 1));
  }

  /**
   * The row that goes on after some of its draws.
   *
   * @param taken number of draws that were taken
   */
  public StepRow after(int taken, int nextToken, int nextPosition) {
    List<PlainDraw> left = draws.subList(Math.min(taken, draws.size() - 1), draws.size());
    return new StepRow(task, slot, nextToken, nextPosition, left);
  }
}
