package org.omnimamba.inference.engine;

import java.util.List;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.sampling.StepOutput;

/** The running sequences of one call of the backend. */
final class DecodeBatch {
  private final List<RunningSequence> sequences;
  private final List<StepRow> rows;
  private final int tokens;

  private DecodeBatch(List<RunningSequence> sequences, List<StepRow> rows, int tokens) {
    this.sequences = sequences;
    this.rows = rows;
    this.tokens = tokens;
  }

  /**
   * A batch of {@code most} tokens, if the device can draw them for every sequence and some
   * sequence takes nearly all of them; else of one.
   */
  static DecodeBatch of(List<RunningSequence> running, int most) {
    List<RunningSequence> sequences = List.copyOf(running);
    if (most > 1) {
      List<StepRow> rows = rows(sequences, most);
      int longest = rows.stream().mapToInt(row -> row.draws().size()).max().orElse(0);
      boolean drawn = rows.stream().noneMatch(StepRow::wantsLogits);
      if (drawn && Sequence.isWorthACall(longest, most)) {
        return new DecodeBatch(sequences, rows, most);
      }
    }
    return new DecodeBatch(sequences, rows(sequences, 1), 1);
  }

  private static List<StepRow> rows(List<RunningSequence> sequences, int draws) {
    return sequences.stream().map(sequence -> sequence.nextRow(draws)).toList();
  }

  List<RunningSequence> sequences() {
    return sequences;
  }

  /** The requests that own the sequences. */
  List<ActiveRequest> owners() {
    return sequences.stream().map(sequence -> sequence.owner).distinct().toList();
  }

  /** Tokens that each sequence gets. */
  int tokens() {
    return tokens;
  }

  /**
   * Runs the backend.
   *
   * @return {@code [sequence][token]}
   */
  StepOutput[][] run(ModelBackend backend) {
    StepOutput[][] outputs = new StepOutput[rows.size()][tokens];
    if (tokens == 1) {
      StepOutput[] one = backend.step(rows);
      for (int row = 0; row < outputs.length; row++) {
        outputs[row][0] = one[row];
      }
      return outputs;
    }
    int[][] ids = backend.steps(rows, tokens);
    for (int row = 0; row < outputs.length; row++) {
      for (int index = 0; index < tokens; index++) {
        outputs[row][index] = new StepOutput.Drawn(ids[row][index]);
      }
    }
    return outputs;
  }
}
