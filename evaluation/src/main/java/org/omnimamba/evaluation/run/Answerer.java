package org.omnimamba.evaluation.run;

import java.io.IOException;
import java.util.List;
import org.omnimamba.evaluation.data.Fault;
import org.omnimamba.evaluation.data.Question;

/** A model that answers questions greedily, several at a time. */
public interface Answerer extends AutoCloseable {

  /**
   * Answers all questions, in any order.
   *
   * @param questions what to ask
   * @param answers is given each answer, or why there is none; calls do not overlap
   * @throws IOException if the model cannot be reached or an answer cannot be kept
   */
  void answer(List<Question> questions, Answers answers) throws IOException, InterruptedException;

  /** What comes back. */
  interface Answers {
    void answered(Question question, String answer) throws IOException;

    /**
     * There is no answer to this question, and there will be none.
     *
     * @param reason one sentence
     */
    void unusable(Question question, Fault.Kind kind, String reason) throws IOException;
  }

  @Override
  void close();
}
