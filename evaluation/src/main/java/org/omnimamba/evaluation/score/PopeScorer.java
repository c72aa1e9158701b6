package org.omnimamba.evaluation.score;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.omnimamba.evaluation.data.PopeReader;
import org.omnimamba.evaluation.data.Question;

/**
 * POPE: accuracy, precision, recall, F1 and the share of yes in each category, and their means.
 * "Yes" is the positive class. A quotient of nothing is 0.
 */
public enum PopeScorer implements Scorer {
  /** The first sentence is no if it holds No, not or no as a word, and else yes. */
  LLAVA("llava", "the first sentence is no if a word of it is No, not or no, else yes") {
    @Override
    String read(String answer) {
      int end = answer.indexOf('.');
      String sentence = (end < 0 ? answer : answer.substring(0, end)).replace(",", "");
      List<String> words = Arrays.asList(sentence.split(" ", -1));
      boolean no = words.contains("No") || words.contains("not") || words.contains("no");
      return no ? "no" : "yes";
    }
  },

  /**
   * The whole answer is the word, whatever its case. Others are wrong, and are neither positive nor
   * negative: recall leaves them out.
   */
  LMMS_EVAL("lmms-eval", "the whole answer is the word yes or no, whatever its case") {
    @Override
    String read(String answer) {
      return answer.toLowerCase(Locale.ROOT).strip();
    }
  };

  private static final List<String> COLUMNS =
      List.of("accuracy", "precision", "recall", "F1", "yes");

  private static final int F1 = COLUMNS.indexOf("F1");

  private final String label;
  private final String rule;

  PopeScorer(String label, String rule) {
    this.label = label;
    this.rule = rule;
  }

  abstract String read(String answer);

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
    String read = read(answer);
    return Judgement.of(read, read.equals(question.answers().get(0)));
  }

  @Override
  public ScoreTable table(List<Scored> scored) {
    List<ScoreTable.Row> rows = new ArrayList<>();
    for (String category : PopeReader.CATEGORIES) {
      List<Scored> members =
          scored.stream().filter(each -> each.question().category().equals(category)).toList();
      if (!members.isEmpty()) {
        rows.add(new ScoreTable.Row(category, members.size(), values(members)));
      }
    }
    List<Double> means = new ArrayList<>();
    for (int column = 0; column < COLUMNS.size(); column++) {
      int at = column;
      means.add(rows.stream().mapToDouble(row -> row.values().get(at)).average().orElse(0));
    }
    rows.add(new ScoreTable.Row("mean", scored.size(), means));
    return new ScoreTable(COLUMNS, rows, "mean F1", means.get(F1));
  }

  private static List<Double> values(List<Scored> members) {
    int truePositives = count(members, "yes", "yes");
    double precision = quotient(truePositives, truePositives + count(members, "no", "yes"));
    double recall = quotient(truePositives, truePositives + count(members, "yes", "no"));
    double f1 = quotient(2 * precision * recall, precision + recall);
    double yes = quotient(truePositives + count(members, "no", "yes"), members.size());
    return List.of(
        100 * Categories.meanPoints(members), 100 * precision, 100 * recall, 100 * f1, 100 * yes);
  }

  private static int count(List<Scored> members, String right, String read) {
    return (int)
        members.stream()
            .filter(each -> each.question().answers().get(0).equals(right))
            .filter(each -> each.judgement().readAs().equals(read))
            .count();
  }

  private static double quotient(double numerator, double denominator) {
    return denominator == 0 ? 0 : numerator / denominator;
  }
}
