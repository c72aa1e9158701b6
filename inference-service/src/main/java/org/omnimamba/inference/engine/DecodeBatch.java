package org.omnimamba.inference.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.StepOutput;

/** The running sequences of one call of the backend. */
final class DecodeBatch {
  private final List<RunningSequence> sequences;

  DecodeBatch(List<RunningSequence> running) {
    this.sequences = List.copyOf(running);
  }

  List<RunningSequence> sequences() {
    return sequences;
  }

  /** The requests that own the sequences. */
  List<ActiveRequest> owners() {
    return sequences.stream().map(sequence -> sequence.owner).distinct().toList();
  }

  /**
   * How the next tokens are drawn, if the device can draw several for every sequence and some
   * sequence takes most of them. Those that end before get draws that do not matter.
   *
   * @param count tokens in a row
   * @return {@code [count][sequence]}, or empty
   */
  List<List<PlainDraw>> draws(int count) {
    List<List<PlainDraw>> all = new ArrayList<>();
    int most = 0;
    for (RunningSequence sequence : sequences) {
      List<PlainDraw> own = sequence.nextDraws(count);
      if (own.isEmpty()) {
        return List.of();
      }
      most = Math.max(most, own.size());
      all.add(own);
    }
    if (!Sequence.isWorthACall(most, count)) {
      return List.of();
    }
    List<List<PlainDraw>> draws = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      int at = index;
      draws.add(all.stream().map(own -> own.get(Math.min(at, own.size() - 1))).toList());
    }
    return draws;
  }

  /**
   * Runs the backend.
   *
   * @param draws of several tokens; empty for one
   * @return {@code [sequence][token]}
   */
  StepOutput[][] run(ModelBackend backend, List<List<PlainDraw>> draws) {
    Task[] tasks = sequences.stream().map(s -> s.owner.task()).toArray(Task[]::new);
    int[] slots = sequences.stream().mapToInt(s -> s.slot).toArray();
    int[] tokens = sequences.stream().mapToInt(RunningSequence::lastToken).toArray();
    int[] positions = sequences.stream().mapToInt(RunningSequence::position).toArray();
    StepOutput[][] outputs = new StepOutput[slots.length][];
    if (draws.isEmpty()) {
      List<@Nullable PlainDraw> next = new ArrayList<>();
      sequences.forEach(sequence -> next.add(sequence.nextDraw()));
      StepOutput[] one = backend.step(tasks, slots, tokens, positions, next);
      for (int row = 0; row < outputs.length; row++) {
        outputs[row] = new StepOutput[] {one[row]};
      }
    } else {
      int[][] ids = backend.steps(tasks, slots, tokens, positions, draws);
      for (int row = 0; row < outputs.length; row++) {
        outputs[row] = new StepOutput[draws.size()];
        for (int index = 0; index < draws.size(); index++) {
          outputs[row][index] = new StepOutput.Drawn(ids[row][index]);
        }
      }
    }
    return outputs;
  }
}
