package org.omnimamba.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.model.kernel.ProjectionKernel.Sizes;
import org.omnimamba.model.kernel.ProjectionKernel.Tuning;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.HostBuffer;
import org.omnimamba.model.kernel.tile.TileInterpreter;

/** Heads and draws against the formula in double precision. */
class DrawKernelTest {
  private static final int IN = 32;
  private static final int BLOCK = 16;
  private static final float EPS = 1e-5f;
  private static final Tuning TUNING = new Tuning(BLOCK, 32, 4, 2);

  private final Numbers numbers = new Numbers(21);

  /** What a head leaves of some rows. */
  private record Head(int vocabulary, HostBuffer logits, HostBuffer highest, HostBuffer sums) {
    float[] row(int row) {
      return Arrays.copyOfRange(logits.floats(), row * vocabulary, (row + 1) * vocabulary);
    }
  }

  /** Products whose size makes some ids likely and others not. */
  private Head head(int vocabulary, float[] temperatures) {
    int batch = temperatures.length;
    Sizes sizes = new Sizes(batch, IN, vocabulary, 2, EPS, 0);
    HostBuffer x = numbers.buffer(Element.BF16, batch * IN);
    HostBuffer squares = HostBuffer.of(Element.F32, numbers.between(1, 4, 2 * batch));
    HostBuffer weight = numbers.buffer(Element.BF16, vocabulary * IN);
    Head head = head(sizes, x, squares, weight, temperatures);
    double[] expected = new double[batch * vocabulary];
    for (int i = 0; i < expected.length; i++) {
      int row = i / vocabulary;
      double sum = 0;
      for (int j = 0; j < IN; j++) {
        sum += (double) x.get(row * IN + j) * weight.get(i % vocabulary * IN + j);
      }
      double total = squares.get(row) + squares.get(batch + row);
      expected[i] = sum / Math.sqrt(total / IN + EPS);
    }
    Numbers.assertClose(head.logits().floats(), expected, Numbers.F32);
    return head;
  }

  /** What the kernel leaves. */
  private static Head head(
      Sizes sizes, HostBuffer x, HostBuffer squares, HostBuffer weight, float[] temperatures) {
    int ofBlocks = ProjectionKernel.pieces(sizes, TUNING) * sizes.batch();
    Head head =
        new Head(
            sizes.out(),
            HostBuffer.empty(Element.F32, sizes.batch() * sizes.out()),
            HostBuffer.empty(Element.F32, ofBlocks),
            HostBuffer.empty(Element.F32, ofBlocks));
    List<HostBuffer> arguments = new ArrayList<>(List.of(Numbers.integer(0), x, squares, weight));
    arguments.add(HostBuffer.of(Element.F32, temperatures));
    arguments.addAll(List.of(head.logits(), head.highest(), head.sums()));
    TileInterpreter.run(ProjectionKernel.logits(sizes, TUNING), arguments);
    return head;
  }

  private static long[] draw(List<Head> heads, float[] second, float[] temperatures, float... u) {
    int batch = temperatures.length;
    List<HostBuffer> arguments = new ArrayList<>();
    List<Integer> vocabularies = new ArrayList<>();
    for (Head head : heads) {
      vocabularies.add(head.vocabulary());
      arguments.addAll(List.of(head.logits(), head.highest(), head.sums()));
    }
    if (heads.size() > 1) {
      arguments.add(HostBuffer.of(Element.F32, second));
    }
    HostBuffer out = HostBuffer.of(Element.I64, new long[batch]);
    arguments.add(HostBuffer.of(Element.F32, temperatures));
    arguments.add(HostBuffer.of(Element.F32, u));
    arguments.add(out);
    TileInterpreter.run(DrawKernel.of(batch, vocabularies, BLOCK), arguments);
    long[] ids = new long[batch];
    for (int row = 0; row < batch; row++) {
      ids[row] = out.integer(row);
    }
    return ids;
  }

  /** Cumulative probabilities up to and with each id. */
  private static double[] cumulative(float[] logits, double temperature) {
    double highest = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      highest = Math.max(highest, logit);
    }
    double[] ends = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < ends.length; i++) {
      sum += Math.exp((logits[i] - highest) / temperature);
      ends[i] = sum;
    }
    for (int i = 0; i < ends.length; i++) {
      ends[i] /= sum;
    }
    return ends;
  }

  /** Vocabularies that blocks divide, and another. */
  @ParameterizedTest
  @CsvSource({"64, 0.5", "64, 1", "73, 2", "16, 1"})
  void drawsWhereTheRandomNumberLies(int vocabulary, float temperature) {
    float[] temperatures = new float[5];
    Arrays.fill(temperatures, temperature);
    Head head = head(vocabulary, temperatures);
    for (int round = 0; round < 40; round++) {
      float[] uniforms = numbers.between(0, 1, temperatures.length);
      long[] ids = draw(List.of(head), new float[0], temperatures, uniforms);
      for (int row = 0; row < ids.length; row++) {
        double[] ends = cumulative(head.row(row), temperature);
        int id = (int) ids[row];
        double start = id == 0 ? 0 : ends[id - 1];
        assertThat((double) uniforms[row]).isBetween(start - 1e-5, ends[id] + 1e-5);
      }
    }
  }

  @Test
  void takesTheEndsOfTheDistribution() {
    float[] temperatures = {1, 1};
    Head head = head(40, temperatures);
    assertThat(draw(List.of(head), new float[0], temperatures, 0, Math.nextDown(1f)))
        .containsExactly(0, 39);
  }

  @Test
  void takesTheFirstOfTheHighestAtTemperatureZero() {
    float[] temperatures = {0, 0, 0};
    Head head = head(40, temperatures);
    float[] logits = head.logits().floats();
    // the same block, another one, and one that is alone
    int[][] highest = {{3, 5}, {20, 38}, {39}};
    for (int row = 0; row < highest.length; row++) {
      for (int id : highest[row]) {
        logits[row * 40 + id] = 50;
      }
    }
    Head changed = blocks(logits, temperatures, 40);
    assertThat(draw(List.of(changed), new float[0], temperatures, 0.9f, 0.9f, 0))
        .containsExactly(3, 20, 39);
  }

  /** Logits of the caller's, and blocks as a head would leave them. */
  private static Head blocks(float[] logits, float[] temperatures, int vocabulary) {
    int batch = temperatures.length;
    int blocks = (vocabulary + BLOCK - 1) / BLOCK;
    float[] highest = new float[blocks * batch];
    float[] sums = new float[blocks * batch];
    for (int row = 0; row < batch; row++) {
      for (int block = 0; block < blocks; block++) {
        int place = block * batch + row;
        int end = Math.min(vocabulary, (block + 1) * BLOCK);
        highest[place] = Float.NEGATIVE_INFINITY;
        for (int id = block * BLOCK; id < end; id++) {
          float logit = logits[row * vocabulary + id];
          highest[place] = Float.isNaN(logit) ? highest[place] : Math.max(highest[place], logit);
        }
        for (int id = block * BLOCK; id < end; id++) {
          float logit = logits[row * vocabulary + id];
          double divisor = Math.max(temperatures[row], DrawKernel.LEAST_TEMPERATURE);
          sums[place] += (float) Math.exp((logit - highest[place]) / divisor) + logit * 0;
        }
      }
    }
    return new Head(
        vocabulary,
        HostBuffer.of(Element.F32, logits),
        HostBuffer.of(Element.F32, highest),
        HostBuffer.of(Element.F32, sums));
  }

  /** The head itself is what notices. */
  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity"})
  void givesNoIdWhereALogitIsNotFinite(float bad) {
    int vocabulary = 40;
    float[] temperatures = {1, 1, 0, 0};
    Sizes sizes = new Sizes(4, IN, vocabulary, 1, EPS, 0);
    float[] x = numbers.between(-1, 1, 4 * IN);
    // rows 1 and 2: all products with the id's weight become what is wanted
    x[IN] = bad;
    x[2 * IN] = bad;
    float[] weight = numbers.between(-1, 1, vocabulary * IN);
    for (int id = 0; id < vocabulary; id++) {
      weight[id * IN] = id == 17 ? 1 : 0;
    }
    if (!Float.isNaN(bad)) {
      // infinity times zero would be NaN everywhere
      for (int id = 0; id < vocabulary; id++) {
        weight[id * IN] = 1;
      }
    }
    Head head =
        head(
            sizes,
            HostBuffer.of(Element.BF16, x),
            HostBuffer.of(Element.F32, 1f, 1f, 1f, 1f),
            HostBuffer.of(Element.BF16, weight),
            temperatures);
    long[] ids = draw(List.of(head), new float[0], temperatures, 0.5f, 0.5f, 0.5f, 0.5f);
    assertThat(ids[1]).isEqualTo(-1);
    assertThat(ids[2]).isEqualTo(-1);
    assertThat(ids[0]).isBetween(0L, vocabulary - 1L);
    assertThat(ids[3]).isBetween(0L, vocabulary - 1L);
  }

  /** One logit among others, in the last block. */
  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity"})
  void noticesASingleLogit(float bad) {
    float[] temperatures = {1};
    float[] logits = numbers.between(-1, 1, 40);
    logits[38] = bad;
    Head head = blocks(logits, temperatures, 40);
    assertThat(draw(List.of(head), new float[0], temperatures, 0.1f)).containsExactly(-1);
  }

  @Test
  void drawsEachRowFromItsVocabulary() {
    float[] temperatures = {1, 1, 0, 0};
    float[] second = {0, 1, 0, 1};
    Head text = head(90, temperatures);
    Head image = head(40, temperatures);
    float[] uniforms = numbers.between(0, 1, 4);
    long[] texts = draw(List.of(text), new float[0], temperatures, uniforms);
    long[] images = draw(List.of(image), new float[0], temperatures, uniforms);
    assertThat(draw(List.of(text, image), second, temperatures, uniforms))
        .containsExactly(texts[0], images[1], texts[2], images[3]);
  }
}
