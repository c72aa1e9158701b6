package org.omnimamba.evaluation.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.omnimamba.evaluation.data.Fault;
import org.omnimamba.evaluation.data.Question;
import org.omnimamba.evaluation.data.QuestionSet;
import org.omnimamba.evaluation.data.UnusableDataException;

/** Gets the answers to a set of questions. */
public final class BenchmarkRun {
  private final QuestionSet set;
  private final double mostUnusablePercent;
  private final Progress progress;

  /** A model that is loaded only if there is something left to ask. */
  public interface AnswererSource {
    Answerer open() throws IOException;
  }

  /** Is told how far a run is. */
  public interface Progress {
    void at(int answered, int of);
  }

  /**
   * What came of a run.
   *
   * @param answers by the ids of questions
   * @param faults of the data, and questions without an answer
   */
  public record Result(Map<String, String> answers, List<Fault> faults) {}

  /**
   * A run that has not begun.
   *
   * @param mostUnusablePercent of all questions; one with more unusable ones stops
   */
  public BenchmarkRun(QuestionSet set, double mostUnusablePercent, Progress progress) {
    this.set = set;
    this.mostUnusablePercent = mostUnusablePercent;
    this.progress = progress;
  }

  /**
   * Asks what is not answered yet.
   *
   * @throws UnusableDataException if too much of the data is unusable
   */
  public Result run(AnswerFile file, AnswererSource source)
      throws IOException, InterruptedException {
    List<Fault> faults = new ArrayList<>(set.faults());
    requireUsable(faults);
    Map<String, String> before = file.answers();
    List<Question> open =
        set.questions().stream().filter(each -> !before.containsKey(each.id())).toList();
    int all = set.questions().size();
    progress.at(all - open.size(), all);
    if (!open.isEmpty()) {
      try (Answerer answerer = source.open()) {
        answerer.answer(open, new Kept(file, faults, all, all - open.size()));
      }
    }
    Map<String, String> answers = new TreeMap<>(file.answers());
    answers.keySet().retainAll(set.questions().stream().map(Question::id).toList());
    return new Result(answers, faults);
  }

  private final class Kept implements Answerer.Answers {
    private final AnswerFile file;
    private final List<Fault> faults;
    private final int all;
    private int done;

    Kept(AnswerFile file, List<Fault> faults, int all, int done) {
      this.file = file;
      this.faults = faults;
      this.all = all;
      this.done = done;
    }

    @Override
    public void answered(Question question, String answer) throws IOException {
      file.put(question.id(), answer);
      progress.at(++done, all);
    }

    @Override
    public void unusable(Question question, Fault.Kind kind, String reason) {
      faults.add(new Fault(kind, question.id(), reason));
      requireUsable(faults);
      progress.at(++done, all);
    }
  }

  private void requireUsable(List<Fault> faults) {
    int unusable = faults.stream().mapToInt(Fault::questions).sum();
    if (set.questions().isEmpty() || 100.0 * unusable > mostUnusablePercent * set.total()) {
      throw UnusableDataException.tooMany(
          "questions", unusable, set.total(), mostUnusablePercent, faults);
    }
  }
}
