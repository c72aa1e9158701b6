package org.omnimamba.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.omnimamba.evaluation.data.GqaReader;
import org.omnimamba.evaluation.data.MmeReader;
import org.omnimamba.evaluation.data.MmmuReader;
import org.omnimamba.evaluation.data.PopeReader;
import org.omnimamba.evaluation.data.QuestionReader;
import org.omnimamba.evaluation.data.Vqav2Reader;
import org.omnimamba.evaluation.report.PaperFigures;
import org.omnimamba.evaluation.score.GqaScorer;
import org.omnimamba.evaluation.score.MmeScorer;
import org.omnimamba.evaluation.score.MmmuScorer;
import org.omnimamba.evaluation.score.PopeScorer;
import org.omnimamba.evaluation.score.Scorer;
import org.omnimamba.evaluation.score.VqaScorer;

/** A benchmark of understanding. */
public enum Benchmark {
  POPE(new PopeReader(), PaperFigures.POPE, PopeScorer.values()),
  MME(new MmeReader(), PaperFigures.MME, MmeScorer.values()),
  GQA(new GqaReader(), PaperFigures.GQA, GqaScorer.values()),
  VQAV2(new Vqav2Reader(), PaperFigures.VQAV2, VqaScorer.values()),
  MMMU(new MmmuReader(), PaperFigures.MMMU, MmmuScorer.values());

  private final QuestionReader reader;
  private final PaperFigures figures;
  private final List<Scorer> scorers;

  Benchmark(QuestionReader reader, PaperFigures figures, Scorer... scorers) {
    this.reader = reader;
    this.figures = figures;
    this.scorers = List.of(scorers);
  }

  /** The name on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public QuestionReader reader() {
    return reader;
  }

  /** What the paper reports. */
  public PaperFigures figures() {
    return figures;
  }

  /** The ways to score it, the usual one first. */
  public List<Scorer> scorers() {
    return scorers;
  }

  /** Whether the questions about a picture count together. */
  public boolean scoresWholePictures() {
    return this == MME;
  }

  /**
   * One of the {@link #scorers}.
   *
   * @param label its name; null for the usual one
   * @throws IllegalArgumentException if there is none of this name
   */
  public Scorer scorer(@Nullable String label) {
    if (label == null) {
      return scorers.get(0);
    }
    return scorers.stream()
        .filter(each -> each.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s has no scorer %s, but %s"
                        .formatted(
                            label(),
                            label,
                            scorers.stream()
                                .map(Scorer::label)
                                .collect(Collectors.joining(", ")))));
  }

  /**
   * The benchmark of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Benchmark named(String label) {
    return Arrays.stream(values())
        .filter(each -> each.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no benchmark " + label));
  }
}
