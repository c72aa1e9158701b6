package org.omnimamba.evaluation.score;

import java.util.HashSet;
import java.util.List;
import org.omnimamba.evaluation.data.Question;

/**
 * VQAv2: an answer that k of the nine others gave has min(1, k / 3) points, as the mean over which
 * of the ten people is left out. Answers are normalised where the ten do not all say the same.
 */
public enum VqaScorer implements Scorer {
  /** As VQA's own program does it. */
  VQA("vqa", "VQA's normalisation where the ten answers differ") {
    @Override
    String read(String answer, boolean differ) {
      return differ ? VqaNormalisation.normalise(answer) : answer;
    }
  },

  /**
   * The model's answer goes through the processor of the challenge's server first, as LLaVA's
   * converter and lmms-eval send it.
   */
  EVALAI("evalai", "the answer is normalised as for the challenge's server first, then as vqa") {
    @Override
    String read(String answer, boolean differ) {
      String processed = VqaNormalisation.forServer(answer);
      return differ ? VqaNormalisation.normalise(processed) : processed;
    }
  };

  private static final int ENOUGH = 3;

  private final String label;
  private final String rule;

  VqaScorer(String label, String rule) {
    this.label = label;
    this.rule = rule;
  }

  /**
   * What is compared.
   *
   * @param answer the model's, in one line
   * @param differ whether the people's answers do
   */
  abstract String read(String answer, boolean differ);

  @Override
  public String label() {
    return label;
  }

  @Override
  public String rule() {
    return rule;
  }

  @Override
  public Judgement judge(Question question, String answer) {
    List<String> people = question.answers().stream().map(VqaNormalisation::oneLine).toList();
    boolean differ = new HashSet<>(people).size() > 1;
    String read = read(VqaNormalisation.oneLine(answer), differ);
    List<Boolean> same =
        people.stream()
            .map(each -> (differ ? VqaNormalisation.normalise(each) : each).equals(read))
            .toList();
    int matches = (int) same.stream().filter(each -> each).count();
    double sum = 0;
    for (boolean leftOutMatches : same) {
      int others = leftOutMatches ? matches - 1 : matches;
      sum += Math.min(1, others / (double) ENOUGH);
    }
    return new Judgement(read, sum / same.size());
  }

  @Override
  public ScoreTable table(List<Scored> scored) {
    return Categories.accuracy(scored);
  }
}
