package org.omnimamba.evaluation.score;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.zip.CRC32;
import org.omnimamba.evaluation.data.Question;

/**
 * MMMU: the letter that is found in the answer, in its own program's way; an open answer is right
 * if a part of it is the right one. They differ in what an answer without a letter is.
 */
public enum MmmuScorer implements Scorer {
  /** No letter, no point. */
  WRONG("wrong", "an answer without a letter is wrong") {
    @Override
    String withoutLetter(Question question) {
      return "";
    }
  },

  /**
   * As the benchmark's own program does it: one of the letters by chance. Here the chance is the
   * question's own, so that it falls the same in each run.
   */
  CHANCE("chance", "an answer without a letter is one of the letters, by chance") {
    @Override
    String withoutLetter(Question question) {
      CRC32 hash = new CRC32();
      hash.update(question.id().getBytes(StandardCharsets.UTF_8));
      return letter((int) (hash.getValue() % question.options().size()));
    }
  };

  /** Shorter answers are not searched for the text of an option. */
  private static final int WORDS_OF_A_TEXT = 5;

  private final String label;
  private final String rule;

  MmmuScorer(String label, String rule) {
    this.label = label;
    this.rule = rule;
  }

  abstract String withoutLetter(Question question);

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
    if (question.options().isEmpty()) {
      List<String> parts = OpenAnswer.parts(answer);
      return Judgement.of(String.join(" | ", parts), OpenAnswer.matches(parts, question.answers()));
    }
    String letter = letterIn(answer, question.options());
    String read = letter.isEmpty() ? withoutLetter(question) : letter;
    return Judgement.of(read, read.equals(question.answers().get(0)));
  }

  @Override
  public ScoreTable table(List<Scored> scored) {
    return Categories.accuracy(scored);
  }

  static String letter(int index) {
    return String.valueOf((char) ('A' + index));
  }

  /** The last letter in brackets, else the last one that stands alone, else an option's text. */
  private static String letterIn(String answer, List<String> options) {
    String text = answer;
    for (String mark : List.of(",", ".", "!", "?", ";", ":", "'")) {
      text = stripped(text, mark);
    }
    String padded = " " + text + " ";
    String found = last(options, i -> padded.lastIndexOf("(" + letter(i) + ")"));
    if (found.isEmpty()) {
      found = last(options, i -> padded.lastIndexOf(" " + letter(i) + " "));
    }
    if (found.isEmpty() && padded.strip().split("\\s+").length > WORDS_OF_A_TEXT) {
      String lower = padded.toLowerCase(Locale.ROOT);
      found = last(options, i -> lower.lastIndexOf(options.get(i).toLowerCase(Locale.ROOT)));
    }
    return found;
  }

  private static String last(List<String> options, ToIntFunction<Integer> place) {
    int best = -1;
    String letter = "";
    for (int i = 0; i < options.size(); i++) {
      int at = place.applyAsInt(i);
      if (at > best) {
        best = at;
        letter = letter(i);
      }
    }
    return letter;
  }

  private static String stripped(String text, String mark) {
    String out = text;
    while (out.startsWith(mark)) {
      out = out.substring(1);
    }
    while (out.endsWith(mark)) {
      out = out.substring(0, out.length() - 1);
    }
    return out;
  }
}
