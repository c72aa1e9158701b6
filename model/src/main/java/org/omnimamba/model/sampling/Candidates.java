package org.omnimamba.model.sampling;

/**
 * The tokens that may still be drawn, with their logits and weights. Selects the best of them
 * without sorting: a quickselect by count or by mass, linear in the number of tokens. Of equal
 * logits the lower id is the better.
 *
 * <p>Scratch memory that one sampler reuses; grows to the largest vocabulary seen.
 */
final class Candidates {
  private int[] ids = new int[0];
  private float[] logits = new float[0];
  private double[] weights = new double[0];
  private int size;

  /** Starts over with every token of a vocabulary. */
  void reset(float[] allLogits) {
    int n = allLogits.length;
    if (ids.length < n) {
      ids = new int[n];
      logits = new float[n];
      weights = new double[n];
    }
    for (int i = 0; i < n; i++) {
      ids[i] = i;
    }
    System.arraycopy(allLogits, 0, logits, 0, n);
    size = n;
  }

  int size() {
    return size;
  }

  int id(int i) {
    return ids[i];
  }

  float logit(int i) {
    return logits[i];
  }

  double weight(int i) {
    return weights[i];
  }

  /** Keeps the tokens with a logit of at least {@code threshold}, in their order. */
  void keepAtLeast(double threshold) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (logits[i] >= threshold) {
        ids[kept] = ids[i];
        logits[kept] = logits[i];
        kept++;
      }
    }
    size = kept;
  }

  /** Keeps the {@code count} best. */
  void keepBest(int count) {
    if (count >= size) {
      return;
    }
    int low = 0;
    int high = size;
    while (high - low > 1) {
      int pivot = partition(low, high);
      if (pivot == count) {
        break;
      }
      if (pivot > count) {
        high = pivot;
      } else {
        low = pivot + 1;
      }
    }
    size = count;
  }

  /** Sets each weight to {@code exp((logit - highest) / temperature)} and returns their sum. */
  double weigh(float highest, float temperature) {
    double total = 0;
    for (int i = 0; i < size; i++) {
      double weight = Math.exp(((double) logits[i] - highest) / temperature);
      weights[i] = weight;
      total += weight;
    }
    return total;
  }

  /**
   * Keeps the shortest run of best tokens whose weights reach {@code mass}, at least one token.
   *
   * @return the weight of what was kept
   */
  double keepMass(double mass) {
    int low = 0;
    int high = size;
    double before = 0;
    while (high - low > 1) {
      int pivot = partition(low, high);
      double left = 0;
      for (int i = low; i < pivot; i++) {
        left += weights[i];
      }
      if (pivot > low && before + left >= mass) {
        high = pivot;
      } else if (before + left + weights[pivot] >= mass) {
        before += left;
        low = pivot;
        high = pivot + 1;
      } else {
        before += left + weights[pivot];
        low = pivot + 1;
      }
    }
    if (low < high) {
      before += weights[low];
    }
    size = high;
    return before;
  }

  /** Moves better tokens before the pivot, worse ones after it; returns where the pivot lands. */
  private int partition(int low, int high) {
    int last = high - 1;
    swap(medianOfThree(low, low + (high - low) / 2, last), last);
    int store = low;
    for (int i = low; i < last; i++) {
      if (better(i, last)) {
        swap(i, store++);
      }
    }
    swap(store, last);
    return store;
  }

  private int medianOfThree(int a, int b, int c) {
    if (better(a, b)) {
      return better(b, c) ? b : (better(a, c) ? c : a);
    }
    return better(a, c) ? a : (better(b, c) ? c : b);
  }

  private boolean better(int i, int j) {
    return logits[i] > logits[j] || (logits[i] == logits[j] && ids[i] < ids[j]);
  }

  private void swap(int i, int j) {
    int id = ids[i];
    ids[i] = ids[j];
    ids[j] = id;
    float logit = logits[i];
    logits[i] = logits[j];
    logits[j] = logit;
    double weight = weights[i];
    weights[i] = weights[j];
    weights[j] = weight;
  }
}
