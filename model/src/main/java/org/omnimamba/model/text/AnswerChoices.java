package org.omnimamba.model.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The texts of which an answer is exactly one. At each step those tokens are allowed whose bytes go
 * on in one of the texts that the answer still can become, in whatever pieces; the end token is
 * allowed where a text is complete. No token is allowed after which no text could be completed.
 *
 * <p>A step costs at most as many look-ups as the texts have distinct bytes within the length of a
 * token. Immutable; {@link #cursor} follows one answer.
 */
public final class AnswerChoices {
  private final TokenIndex tokens;
  private final SortedBytes texts;
  private final int endToken;
  private final BitSet @Nullable [] spellableFrom;
  private final int longest;
  private final int[] first;

  /**
   * @throws UnspellableTextException if no tokens write one of the texts
   * @throws IllegalArgumentException if there is no text, or an empty one
   */
  AnswerChoices(TokenIndex tokens, Collection<String> texts, int endToken) {
    TreeSet<byte[]> sorted = new TreeSet<>(Arrays::compareUnsigned);
    for (String text : texts) {
      if (text.isEmpty()) {
        throw new IllegalArgumentException("a choice must not be empty");
      }
      sorted.add(text.getBytes(StandardCharsets.UTF_8));
    }
    if (sorted.isEmpty()) {
      throw new IllegalArgumentException("there must be a choice");
    }
    this.tokens = tokens;
    this.texts = new SortedBytes(List.copyOf(sorted));
    this.endToken = endToken;
    this.spellableFrom = tokens.hasEveryByte() ? null : spellable(List.copyOf(sorted));
    this.longest = sorted.stream().mapToInt(text -> text.length).max().orElseThrow();
    this.first = allowed(0, this.texts.size(), 0);
  }

  /** Tokens that an answer takes at most, the end token included. */
  public int mostTokens() {
    return longest + 1;
  }

  /** Follows an answer from its beginning. */
  public Cursor cursor() {
    return new Cursor();
  }

  /** For each text the places from which tokens can write the rest of it. */
  private BitSet[] spellable(List<byte[]> all) {
    List<BitSet> places = new ArrayList<>();
    for (int text = 0; text < all.size(); text++) {
      BitSet ends = new BitSet();
      ends.set(texts.length(text));
      for (int place = texts.length(text) - 1; place >= 0; place--) {
        ends.set(place, reaches(text, place, ends));
      }
      if (!ends.get(0)) {
        throw new UnspellableTextException(new String(all.get(text), StandardCharsets.UTF_8));
      }
      places.add(ends);
    }
    return places.toArray(new BitSet[0]);
  }

  /** Whether some token leads from one place of a text to one of {@code targets}. */
  private boolean reaches(int text, int place, BitSet targets) {
    int low = 0;
    int high = tokens.bytes().size();
    for (int taken = 0; place + taken < texts.length(text); taken++) {
      int value = texts.at(text, place + taken);
      low = tokens.bytes().seek(low, high, taken, value);
      high = tokens.bytes().seek(low, high, taken, value + 1);
      if (low == high) {
        return false;
      }
      if (tokens.bytes().endsAt(low, taken + 1) && targets.get(place + taken + 1)) {
        return true;
      }
    }
    return false;
  }

  private boolean canBeCompleted(int low, int high, int depth) {
    BitSet[] places = spellableFrom;
    return places == null || IntStream.range(low, high).anyMatch(text -> places[text].get(depth));
  }

  private int[] allowed(int low, int high, int depth) {
    IntStream.Builder ids = IntStream.builder();
    if (depth > 0 && texts.endsAt(low, depth)) {
      ids.add(endToken);
    }
    collect(low, high, depth, 0, tokens.bytes().size(), 0, ids);
    return ids.build().sorted().toArray();
  }

  /**
   * Walks the texts and the tokens side by side, as long as both go on.
   *
   * @param low first text that agrees with the answer in {@code depth} bytes
   * @param high one after the last
   * @param firstToken first token that agrees with these texts in its first {@code taken} bytes
   * @param lastToken one after the last
   * @param taken bytes of the token that is being looked for
   */
  private void collect(
      int low,
      int high,
      int depth,
      int firstToken,
      int lastToken,
      int taken,
      IntStream.Builder ids) {
    SortedBytes bytes = tokens.bytes();
    while (true) {
      boolean useful = firstToken < lastToken && canBeCompleted(low, high, depth);
      while (firstToken < lastToken && bytes.endsAt(firstToken, taken)) {
        if (useful) {
          ids.add(tokens.ids()[firstToken]);
        }
        firstToken++;
      }
      if (texts.endsAt(low, depth)) {
        low++;
      }
      if (low == high || firstToken == lastToken) {
        return;
      }
      // a branch for each byte that the texts have here; the last one goes on in this loop
      int value = texts.at(low, depth);
      int next = texts.seek(low, high, depth, value + 1);
      while (next < high) {
        int from = bytes.seek(firstToken, lastToken, taken, value);
        int to = bytes.seek(from, lastToken, taken, value + 1);
        collect(low, next, depth + 1, from, to, taken + 1, ids);
        firstToken = to;
        low = next;
        value = texts.at(low, depth);
        next = texts.seek(low, high, depth, value + 1);
      }
      firstToken = bytes.seek(firstToken, lastToken, taken, value);
      lastToken = bytes.seek(firstToken, lastToken, taken, value + 1);
      depth++;
      taken++;
    }
  }

  /** Where in the texts one answer is. For use by one thread. */
  public final class Cursor {
    private int low;
    private int high = texts.size();
    private int depth;

    private Cursor() {}

    /**
     * The tokens that may come next, by rising ids; the end token among them where a text is
     * complete. Empty once the answer is {@link #finished}. Not to be changed.
     */
    public int[] allowed() {
      if (finished()) {
        return new int[0];
      }
      return depth == 0 ? first : AnswerChoices.this.allowed(low, high, depth);
    }

    /**
     * Takes the next token.
     *
     * @param id one of {@link #allowed}, but not the end token
     * @param written the token's bytes
     * @throws IllegalArgumentException if no text goes on like this
     */
    public void advance(int id, byte[] written) {
      for (byte b : written) {
        int from = texts.seek(low, high, depth, b & 0xff);
        int to = texts.seek(from, high, depth, (b & 0xff) + 1);
        if (from == to) {
          throw new IllegalArgumentException("token %d is none of the choices".formatted(id));
        }
        low = from;
        high = to;
        depth++;
      }
    }

    /** Whether a text is complete and no other one goes on. */
    public boolean finished() {
      return high - low == 1 && texts.endsAt(low, depth);
    }
  }
}
