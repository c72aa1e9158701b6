package org.omnimamba.benchmarks.figures;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.weights.WeightStorage;

/** All expected values are computed by hand from the definitions. */
class FiguresTest {
  private static final ModelConfig SMALL = ModelPresets.untrained();

  @Test
  void aQuantileIsTheNearestRank() {
    double[] hundred = IntStream.rangeClosed(1, 100).mapToDouble(n -> 101 - n).toArray();
    assertEquals(1, Quantile.of(hundred, 0));
    assertEquals(50, Quantile.median(hundred));
    assertEquals(95, Quantile.of(hundred, 0.95));
    assertEquals(99, Quantile.of(hundred, 0.99));
    assertEquals(100, Quantile.of(hundred, 0.991));
    assertEquals(100, Quantile.of(hundred, 1));
    assertEquals(2, Quantile.median(new double[] {3, 1, 2}));
    assertEquals(2, Quantile.median(new double[] {4, 3, 1, 2}));
    assertEquals(7, Quantile.of(new double[] {7}, 0.99));
    assertEquals(0, Quantile.median(new double[0]));
  }

  @Test
  void aQuantileLeavesItsValuesAndRefusesOtherShares() {
    double[] values = {3, 1, 2};
    Quantile.median(values);
    assertArrayEquals(new double[] {3, 1, 2}, values);
    assertThrows(IllegalArgumentException.class, () -> Quantile.of(values, 99));
    assertThrows(IllegalArgumentException.class, () -> Quantile.of(values, -0.1));
    assertThrows(IllegalArgumentException.class, () -> Quantile.of(values, Double.NaN));
  }

  @Test
  void numbersAreRoundedToTheNearest() {
    assertEquals(1.3, Rounding.tenths(1.26));
    assertEquals(-0.1, Rounding.tenths(-0.14));
    assertEquals(1.24, Rounding.hundredths(1.2351));
    assertEquals(1.23, Rounding.hundredths(1.2349));
  }

  @Test
  void aMeasurementGivesItsMedianAndTheOperationsOfASecond() {
    Measurement measurement = new Measurement("decode", 900, new double[] {30, 10, 20}, 4);
    assertEquals(20, measurement.median());
    assertEquals(
        "{name=decode, first_ms=900.0, median_ms=20.0, min_ms=10.0, runs=3, gflop=4.0,"
            + " gflop_per_s=200.0}",
        measurement.json().toString());
  }

  @Test
  void aMeasurementCallsOnceMoreThanItCounts() {
    AtomicInteger calls = new AtomicInteger();
    Measurement measurement = Measurement.of("call", 3, 1, calls::incrementAndGet);
    assertEquals(4, calls.get());
    assertEquals(3, measurement.millis().length);
  }

  /** Width 64, inner 128, in_proj to 296, filters of 160 x 4, rank 8, two layers, head 256. */
  @Test
  void aStepReadsEveryWeightOnceAndEveryStateTwice() {
    long layer = 64 * 296 + 8 * (64 + 296) + 64 * 128 + 160 * 4;
    long matrices = 2 * layer + 64 * 256;
    long vectors = 2 * (64 + 128 + 160 + 3 * 8) + 64;
    // float32 on the processor: filters 160 x 4 and states 128 x 16 of two layers
    DecodeTraffic cpu = DecodeTraffic.of(SMALL.language(), RuntimeOptions.cpu(), Task.T2I);
    assertEquals(4 * matrices + 4 * vectors, cpu.weightBytes());
    assertEquals(314_048, cpu.weightBytes());
    assertEquals(2 * 4 * 2 * (160 * 4 + 128 * 16), cpu.stateBytesPerSequence());
    // bfloat16 weights and float16 states on the GPU
    DecodeTraffic gpu = DecodeTraffic.of(SMALL.language(), RuntimeOptions.gpu(), Task.T2I);
    assertEquals(158_656, gpu.weightBytes());
    assertEquals(2 * 2 * (4 * 160 * 4 + 2 * 128 * 16), gpu.stateBytesPerSequence());
    assertEquals(158_656 + 3 * 26_624, gpu.bytes(3));
  }

  @Test
  void matricesInInt8AreReadWithAScaleForEachRow() {
    RuntimeOptions int8 = RuntimeOptions.cpu().withStorage(WeightStorage.INT8);
    long codes = 2 * (64 * 296 + 64 * 128) + 64 * 256;
    long scales = 2 * (296 + 64) + 256;
    long bfloat16 = 2 * (8 * (64 + 296) + 160 * 4);
    long vectors = 2 * (64 + 128 + 160 + 3 * 8) + 64;
    assertEquals(
        codes + 4 * scales + 2 * bfloat16 + 4 * vectors,
        DecodeTraffic.of(SMALL.language(), int8, Task.T2I).weightBytes());
  }

  @Test
  void aMergedAdapterIsNotReadAndATextHeadIsLarger() {
    RuntimeOptions merged = RuntimeOptions.gpu().withMergedLora(true);
    long t2i = DecodeTraffic.of(SMALL.language(), merged, Task.T2I).weightBytes();
    assertEquals(158_656 - 2 * 2 * 8 * (64 + 296), t2i);
    // 272 rows instead of 256
    assertEquals(
        t2i + 2 * 64 * 16, DecodeTraffic.of(SMALL.language(), merged, Task.MMU).weightBytes());
  }

  @Test
  void towersAndProjectorCountTheirProducts() {
    // 16 patches and 5 prefix tokens of width 48, two blocks used, MLP 192, patches of 14 x 14 x 3
    double dino = 2 * (2 * 21 * 48 * (4 * 48 + 2 * 192) + 4 * 21 * 21 * 48) + 2 * 16 * 588 * 48;
    assertEquals(3_394_944, dino);
    // 16 patches of width 32, two blocks used, MLP 128
    double siglip = 2 * (2 * 16 * 32 * (4 * 32 + 2 * 128) + 4 * 16 * 16 * 32) + 2 * 16 * 588 * 32;
    assertEquals(1_454_080, siglip);
    double projector = 2 * 16 * (80 * 320 + 320 * 64 + 64 * 64);
    assertEquals((dino + siglip + projector) / 1e9, VisionFlops.encode(SMALL), 1e-15);
  }

  /** 32 channels on each of five levels, one residual block, a grid of 16 x 16. */
  @Test
  void thePictureCodecCountsItsConvolutionsAndAttentions() {
    // a 3 x 3 convolution of the grid, and an attention in it
    double grid = 2 * 9 * 256 * 32 * 32;
    double attention = 8 * 256 * 32 * 32 + 4 * 256 * 256 * 32;
    double middle = 4 * grid + attention;
    // places quadruple from level to level: 4, 16, 64, 256 times the grid
    double decodedLevels = 4 * grid + 2 * attention + 4 * (4 + 16 + 64 + 256) * grid;
    double enlarged = (4 + 16 + 64 + 256) * grid;
    double toColours = 2.0 * 9 * 65536 * 32 * 3;
    assertEquals(
        (grid + middle + decodedLevels + enlarged + toColours) / 1e9,
        VisionFlops.decode(SMALL),
        1e-12);
    assertEquals(8.208777216, VisionFlops.decode(SMALL), 1e-12);
    double encodedLevels = 2 * (256 + 64 + 16 + 4) * grid + 2 * grid + attention;
    double reduced = (64 + 16 + 4 + 1) * grid;
    assertEquals(
        (toColours + encodedLevels + reduced + middle + grid) / 1e9,
        VisionFlops.tokenize(SMALL),
        1e-12);
  }
}
