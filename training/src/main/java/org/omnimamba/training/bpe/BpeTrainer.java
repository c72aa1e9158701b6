package org.omnimamba.training.bpe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Learns merges by byte-pair encoding (Sennrich et al. 2016): joins the most frequent pair of
 * neighbours again and again. Ties go to the pair that comes first alphabetically, so the same
 * texts give the same merges in any order.
 */
public final class BpeTrainer {
  /** Pairs seen less often are not worth an entry. */
  private static final long LEAST_COUNT = 2;

  private final Map<String, Long> counts = new TreeMap<>();
  private final WordSplitter splitter = new WordSplitter();

  /**
   * Two neighbours that become one entry.
   *
   * @param left first part
   * @param right second part
   */
  public record Merge(String left, String right) {
    String joined() {
      return left + right;
    }
  }

  /** Adds a text to learn from. */
  public BpeTrainer add(String text) {
    splitter.split(text).forEach(word -> counts.merge(word, 1L, Long::sum));
    return this;
  }

  /**
   * Learns from all texts added so far.
   *
   * @param entries how many entries to make at most beyond the 256 bytes
   * @return merges in the order in which they are applied; fewer where no pair occurs twice
   */
  public List<Merge> train(int entries) {
    List<Word> words = new ArrayList<>();
    counts.forEach((text, count) -> words.add(new Word(text.split(""), count)));
    Set<Merge> merges = new LinkedHashSet<>();
    Set<String> made = new LinkedHashSet<>();
    while (made.size() < entries) {
      Map<Merge, Long> pairs = new HashMap<>();
      words.forEach(word -> word.countPairs(pairs));
      Merge best =
          pairs.entrySet().stream()
              .filter(pair -> pair.getValue() >= LEAST_COUNT)
              .max(
                  Map.Entry.<Merge, Long>comparingByValue()
                      .thenComparing(
                          Map.Entry::getKey,
                          Comparator.comparing(Merge::left).thenComparing(Merge::right).reversed()))
              .map(Map.Entry::getKey)
              .orElse(null);
      if (best == null) {
        break;
      }
      merges.add(best);
      made.add(best.joined());
      words.forEach(word -> word.apply(best));
    }
    return List.copyOf(merges);
  }

  /** A word as its present pieces. */
  private static final class Word {
    private final String[] pieces;
    private final long count;
    private int length;

    Word(String[] pieces, long count) {
      this.pieces = pieces;
      this.count = count;
      this.length = pieces.length;
    }

    void countPairs(Map<Merge, Long> pairs) {
      for (int i = 0; i + 1 < length; i++) {
        pairs.merge(new Merge(pieces[i], pieces[i + 1]), count, Long::sum);
      }
    }

    void apply(Merge merge) {
      int kept = 0;
      for (int i = 0; i < length; i++) {
        if (i + 1 < length
            && pieces[i].equals(merge.left())
            && pieces[i + 1].equals(merge.right())) {
          pieces[kept++] = merge.joined();
          i++;
        } else {
          pieces[kept++] = pieces[i];
        }
      }
      Arrays.fill(pieces, kept, length, "");
      length = kept;
    }
  }
}
