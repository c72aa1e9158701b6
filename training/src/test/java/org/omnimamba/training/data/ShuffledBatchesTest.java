package org.omnimamba.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ShuffledBatchesTest {
  private static final int COUNT = 10;

  @Test
  void everyExampleComesOnceAnEpochAcrossTheEndsOfBatches() {
    List<Long> seen = new ArrayList<>();
    for (long step = 0; step < 10; step++) {
      Arrays.stream(indices(batches(5), step)).forEach(seen::add);
    }
    for (int epoch = 0; epoch < 3; epoch++) {
      assertThat(seen.subList(epoch * COUNT, (epoch + 1) * COUNT))
          .containsExactlyInAnyOrderElementsOf(LongStream.range(0, COUNT).boxed().toList());
    }
    assertThat(seen.subList(0, COUNT)).isNotEqualTo(seen.subList(COUNT, 2 * COUNT));
  }

  @Test
  void aStepDoesNotDependOnTheStepsBefore() {
    ShuffledBatches<long[]> straight = batches(5);
    for (long step = 0; step < 20; step++) {
      Batch expected = straight.batch(step);
      Batch alone = batches(5).batch(step);
      assertThat(alone.longs("index")).isEqualTo(expected.longs("index"));
      assertThat(alone.longs("draw")).isEqualTo(expected.longs("draw"));
    }
  }

  @Test
  void anExampleIsToldInOtherWordsEachEpoch() {
    ShuffledBatches<long[]> batches =
        new ShuffledBatches<>(examples(1), ShuffledBatchesTest::collate, 1, 5);
    assertThat(batches.batch(0).longs("draw")).isNotEqualTo(batches.batch(1).longs("draw"));
  }

  @Test
  void theSeedDecidesTheOrder() {
    assertThat(indices(batches(5), 0)).isNotEqualTo(indices(batches(6), 0));
  }

  @Test
  void threadsOnBothSidesOfAnEpochsEndMakeEachOrderOnce() {
    EpochOrder order = new EpochOrder(5, COUNT);
    int[] alone =
        IntStream.range(0, 3 * COUNT).map(i -> new EpochOrder(5, COUNT).indexAt(i)).toArray();
    for (int end : new int[] {COUNT, 2 * COUNT}) {
      // as threads do that make the batches around the end
      IntStream.range(0, 1000)
          .parallel()
          .map(i -> end + (i % 2 == 0 ? -1 - i % 9 : i % 9))
          .forEach(position -> assertThat(order.indexAt(position)).isEqualTo(alone[position]));
    }
    assertThat(order.made()).isEqualTo(3);
  }

  @Test
  void twoSourcesMakeOneBatch() {
    BatchSource other = step -> Batch.empty().with("other", new long[] {step});
    Batch both = batches(5).with(other).batch(3);
    assertThat(both.names()).containsExactlyInAnyOrder("index", "draw", "other");
    assertThat(both.longs("other")).containsExactly(3);
  }

  @Test
  void whatSourcesOwnIsReleasedOnceWithTheirBatches() {
    List<String> released = new ArrayList<>();
    BatchSource one = batches(5).owning(() -> released.add("one"));
    BatchSource other = ((BatchSource) step -> Batch.empty()).owning(() -> released.add("other"));
    try (BatchSource both = one.with(other)) {
      assertThat(both.batch(0).longs("index")).hasSize(4);
    }
    assertThat(released).containsExactlyInAnyOrder("one", "other");
  }

  @Test
  void noExamplesAreRefused() {
    assertThatThrownBy(() -> new ShuffledBatches<>(examples(0), ShuffledBatchesTest::collate, 4, 1))
        .isInstanceOf(InvalidDataException.class);
  }

  private static long[] indices(BatchSource source, long step) {
    return source.batch(step).longs("index");
  }

  private static ShuffledBatches<long[]> batches(long seed) {
    return new ShuffledBatches<>(examples(COUNT), ShuffledBatchesTest::collate, 4, seed);
  }

  private static Examples<long[]> examples(int count) {
    return new Examples<>() {
      @Override
      public int count() {
        return count;
      }

      @Override
      public long[] example(int index, RandomGenerator random) {
        return new long[] {index, random.nextLong()};
      }
    };
  }

  private static Batch collate(List<long[]> rows) {
    return Batch.empty()
        .with("index", rows.stream().mapToLong(row -> row[0]).toArray())
        .with("draw", rows.stream().mapToLong(row -> row[1]).toArray());
  }
}
