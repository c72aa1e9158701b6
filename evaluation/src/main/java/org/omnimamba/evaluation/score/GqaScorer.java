package org.omnimamba.evaluation.score;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.omnimamba.evaluation.data.Question;

/** GQA: an answer is right or wrong; accuracy by structural type and of all. */
public enum GqaScorer implements Scorer {
  /** Both sides without case, ASCII punctuation and spaces around. */
  EXACT("exact", "equal without case and punctuation") {
    @Override
    String read(String answer) {
      return plain(answer);
    }

    @Override
    String right(String answer) {
      return plain(answer);
    }
  },

  /** As LLaVA's converter prepares answers for GQA's own program, which compares as they are. */
  LLAVA("llava", "lower case without final dots, then equal") {
    @Override
    String read(String answer) {
      String read = answer;
      while (read.endsWith(".")) {
        read = read.substring(0, read.length() - 1);
      }
      return read.toLowerCase(Locale.ROOT);
    }

    @Override
    String right(String answer) {
      return answer;
    }
  };

  private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}");

  private final String label;
  private final String rule;

  GqaScorer(String label, String rule) {
    this.label = label;
    this.rule = rule;
  }

  abstract String read(String answer);

  abstract String right(String answer);

  static String plain(String text) {
    return PUNCTUATION.matcher(text).replaceAll("").toLowerCase(Locale.ROOT).strip();
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
    return Judgement.of(read, read.equals(right(question.answers().get(0))));
  }

  @Override
  public ScoreTable table(List<Scored> scored) {
    return Categories.accuracy(scored);
  }
}
