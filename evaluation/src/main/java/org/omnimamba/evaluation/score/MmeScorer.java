package org.omnimamba.evaluation.score;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.omnimamba.evaluation.data.MmeReader;
import org.omnimamba.evaluation.data.Question;

/**
 * MME: a category's score is its accuracy, in percent of questions, plus its accuracy+, in percent
 * of pictures with both questions right. Perception and cognition are the sums of their categories.
 */
public enum MmeScorer implements Scorer {
  /** As the benchmark's own program reads answers. */
  MME("mme", "yes or no within the first four characters, whatever their case") {
    @Override
    String read(String answer) {
      return prefix(answer.toLowerCase(Locale.ROOT).stripTrailing());
    }
  },

  /** As lmms-eval reads them: without spaces around and dots, and y and n alone count. */
  LMMS_EVAL(
      "lmms-eval", "as mme, but spaces around and dots are dropped, and y or n alone counts") {
    @Override
    String read(String answer) {
      String plain = answer.toLowerCase(Locale.ROOT).strip().replace(".", "");
      return switch (plain) {
        case "y" -> "yes";
        case "n" -> "no";
        default -> prefix(plain);
      };
    }
  };

  private static final int PREFIX = 4;
  private static final List<String> COLUMNS = List.of("accuracy", "accuracy+", "score");

  private final String label;
  private final String rule;

  MmeScorer(String label, String rule) {
    this.label = label;
    this.rule = rule;
  }

  abstract String read(String answer);

  static String prefix(String answer) {
    String start = answer.substring(0, Math.min(PREFIX, answer.length()));
    return start.contains("yes") ? "yes" : start.contains("no") ? "no" : "other";
  }

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
    ScoreTable.Row perception = sum("perception", scored, MmeReader.PERCEPTION, rows);
    ScoreTable.Row cognition = sum("cognition", scored, MmeReader.COGNITION, rows);
    rows.add(perception);
    rows.add(cognition);
    return new ScoreTable(COLUMNS, rows, "perception", perception.values().get(2));
  }

  private static ScoreTable.Row sum(
      String name, List<Scored> scored, List<String> categories, List<ScoreTable.Row> rows) {
    double sum = 0;
    int questions = 0;
    for (String category : categories) {
      List<Scored> members =
          scored.stream().filter(each -> each.question().category().equals(category)).toList();
      if (members.isEmpty()) {
        continue;
      }
      double accuracy = 100 * Categories.meanPoints(members);
      double both = 100 * bothRight(members);
      rows.add(
          new ScoreTable.Row(category, members.size(), List.of(accuracy, both, accuracy + both)));
      sum += accuracy + both;
      questions += members.size();
    }
    return new ScoreTable.Row(name, questions, List.of(Double.NaN, Double.NaN, sum));
  }

  /** The share of pictures whose questions are all answered rightly. */
  private static double bothRight(List<Scored> members) {
    Map<String, Boolean> right =
        members.stream()
            .collect(
                Collectors.toMap(
                    each -> each.question().picture().name(),
                    each -> each.judgement().right(),
                    Boolean::logicalAnd));
    return right.values().stream().filter(each -> each).count() / (double) right.size();
  }
}
