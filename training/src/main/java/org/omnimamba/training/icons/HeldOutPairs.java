package org.omnimamba.training.icons;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chooses the pairs of concept and style that training never sees. The choice depends on the pairs
 * alone, not on their order: pairs are ranked by a hash and taken from the lowest on, as long as
 * their concept keeps two styles to learn from.
 */
public final class HeldOutPairs {
  private static final int STYLES_KEPT = 2;

  private HeldOutPairs() {}

  /**
   * A picture's place in the table of concepts and styles.
   *
   * @param concept what is shown
   * @param style who drew it
   */
  public record Pair(String concept, String style) {}

  /**
   * Chooses.
   *
   * @param pairs all pairs that training could see
   * @param share how many of them to hold out, of 1
   */
  public static Set<Pair> choose(Collection<Pair> pairs, double share) {
    Map<String, Integer> left = new LinkedHashMap<>();
    pairs.forEach(pair -> left.merge(pair.concept(), 1, Integer::sum));
    List<Pair> ranked = new ArrayList<>(pairs);
    Map<Pair, byte[]> hashes = new LinkedHashMap<>();
    pairs.forEach(pair -> hashes.put(pair, hash(pair)));
    ranked.sort((a, b) -> Arrays.compareUnsigned(hashes.get(a), hashes.get(b)));
    long wanted = Math.round(share * pairs.size());
    Set<Pair> chosen = new HashSet<>();
    for (Pair pair : ranked) {
      if (chosen.size() < wanted && left.getOrDefault(pair.concept(), 0) > STYLES_KEPT) {
        chosen.add(pair);
        left.merge(pair.concept(), -1, Integer::sum);
      }
    }
    return chosen;
  }

  private static byte[] hash(Pair pair) {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest((pair.concept() + "/" + pair.style()).getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
