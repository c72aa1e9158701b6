package org.omnimamba.evaluation.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a benchmark's files hold.
 *
 * @param questions the usable ones, in the files' order
 * @param faults what cannot be used
 * @param notes what a reader of the scores should know about the data
 */
public record QuestionSet(List<Question> questions, List<Fault> faults, List<String> notes) {

  public QuestionSet {
    questions = List.copyOf(questions);
    faults = List.copyOf(faults);
    notes = List.copyOf(notes);
  }

  /** Questions that are lost to faults. */
  public int unusable() {
    return faults.stream().mapToInt(Fault::questions).sum();
  }

  /** Usable and unusable questions. */
  public int total() {
    return questions.size() + unusable();
  }

  /**
   * The set without the questions that have no right answer, where others have one: these are lost.
   * Where none has one the set stays as it is, to be asked but not scored.
   */
  public QuestionSet withAnswers() {
    List<Question> left =
        questions.stream().filter(question -> !question.answers().isEmpty()).toList();
    if (left.isEmpty() || left.size() == questions.size()) {
      return this;
    }
    List<Fault> lost = new ArrayList<>(faults);
    for (Question question : questions) {
      if (question.answers().isEmpty()) {
        lost.add(new Fault(Fault.Kind.MALFORMED_ENTRY, question.id(), "it has no right answer"));
      }
    }
    return new QuestionSet(left, lost, notes);
  }

  /**
   * The first questions of each category.
   *
   * @param perCategory at most so many of each
   * @param wholePictures whether to take all questions about a picture where one is taken
   */
  public QuestionSet limited(int perCategory, boolean wholePictures) {
    Map<String, Integer> taken = new HashMap<>();
    Map<String, String> last = new HashMap<>();
    List<Question> first = new ArrayList<>();
    for (Question question : questions) {
      String category = question.category();
      int count = taken.getOrDefault(category, 0);
      boolean goesOn = wholePictures && question.picture().name().equals(last.get(category));
      if (count < perCategory || goesOn) {
        first.add(question);
        taken.put(category, count + 1);
        last.put(category, question.picture().name());
      } else {
        last.remove(category);
      }
    }
    List<String> said = new ArrayList<>(notes);
    if (first.size() < questions.size()) {
      said.add("%d of %d questions are asked".formatted(first.size(), questions.size()));
    }
    return new QuestionSet(first, faults, said);
  }

  /**
   * The same questions with another instruction.
   *
   * @param instruction follows the question in place of {@link QuestionReader#SHORT_ANSWER}; may be
   *     empty
   */
  public QuestionSet withInstruction(String instruction) {
    String usual = QuestionReader.SHORT_ANSWER;
    return new QuestionSet(
        questions.stream()
            .map(
                each ->
                    each.text().endsWith(usual)
                        ? each.withText(
                            each.text().substring(0, each.text().length() - usual.length())
                                + instruction)
                        : each)
            .toList(),
        faults,
        notes);
  }

  /** Equal for equal questions with equal answers in the same order: SHA-256 in hexadecimal. */
  public String fingerprint() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Question question : questions) {
        Map<String, Object> parts = new LinkedHashMap<>();
        parts.put("id", question.id());
        parts.put("category", question.category());
        parts.put("picture", question.picture().name());
        parts.put("text", question.text());
        parts.put("answers", question.answers());
        parts.put("options", question.options());
        digest.update(parts.toString().getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has SHA-256
    }
  }
}
