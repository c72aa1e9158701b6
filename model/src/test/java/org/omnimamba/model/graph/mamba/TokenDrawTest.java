package org.omnimamba.model.graph.mamba;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.TokenSampler;
import org.omnimamba.model.testing.TestDevice;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Draws on a device beside those of the host, which uses float64. */
class TokenDrawTest {
  private static final int BATCH = 64;
  private final TokenSampler sampler = new TokenSampler();
  private final Random random = new Random(5);

  @ParameterizedTest
  @ValueSource(ints = {3, 127, 128, 129, 2048, 50_288})
  void takesTheTokensThatTheHostTakes(int vocabulary) {
    try (DeviceProgram program = new DeviceProgram(TestDevice.execution())) {
      CompiledFunction draw = function(program, vocabulary);
      int rows = 0;
      int equal = 0;
      for (float temperature : new float[] {0, 0.3f, 1, 4}) {
        float[] logits = logits(vocabulary);
        float[] temperatures = new float[BATCH];
        float[] uniforms = new float[BATCH];
        for (int row = 0; row < BATCH; row++) {
          temperatures[row] = temperature;
          uniforms[row] = row == 0 ? 0 : random.nextFloat();
        }
        long[] ids =
            draw.call().floats(logits).floats(temperatures).floats(uniforms).run().longs(0);
        for (int row = 0; row < BATCH; row++) {
          float[] own = row(logits, row, vocabulary);
          int host = sampler.sample(own, new PlainDraw(temperature, uniforms[row]));
          rows++;
          equal += ids[row] == host ? 1 : 0;
          if (temperature == 0) {
            assertThat(ids[row]).isEqualTo(host);
          }
          assertNear(own, temperature, uniforms[row], (int) ids[row]);
        }
      }
      // the rest lie on a border between two tokens, where float32 decides another way
      assertThat(equal).isGreaterThanOrEqualTo(rows - (TestDevice.isGpu() ? 3 : 1));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void marksARowThatHasNoNumbers(float wrong) {
    try (DeviceProgram program = new DeviceProgram(TestDevice.execution())) {
      float[] logits = logits(300);
      logits[2 * 300 + 299] = wrong;
      float[] temperatures = new float[BATCH];
      temperatures[2] = 1;
      long[] ids =
          function(program, 300)
              .call()
              .floats(logits)
              .floats(temperatures)
              .floats(new float[BATCH])
              .run()
              .longs(0);
      assertThat(ids[2]).isEqualTo(TokenDraw.INVALID);
      assertThat(ids[1]).isBetween(0L, 299L);
      assertThat(ids[3]).isBetween(0L, 299L);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0.5f, 0.99999994f, 1})
  void neverDrawsATokenWithoutWeight(float uniform) {
    try (DeviceProgram program = new DeviceProgram(TestDevice.execution())) {
      // only the second token of each row can be drawn, and the last block is padding for the most
      float[] logits = new float[BATCH * 257];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = i % 257 == 1 ? 100 : -1000;
      }
      float[] temperatures = new float[BATCH];
      float[] uniforms = new float[BATCH];
      Arrays.fill(temperatures, 1);
      Arrays.fill(uniforms, uniform);
      long[] ids =
          function(program, 257)
              .call()
              .floats(logits)
              .floats(temperatures)
              .floats(uniforms)
              .run()
              .longs(0);
      assertThat(ids).containsOnly(1);
    }
  }

  private static CompiledFunction function(DeviceProgram program, int vocabulary) {
    return program.function(
        "draw",
        scope ->
            List.of(
                new TokenDraw(scope.tf())
                    .apply(
                        scope.input(TFloat32.class, Shape.of(BATCH, vocabulary)),
                        scope.input(TFloat32.class, Shape.of(BATCH)),
                        scope.input(TFloat32.class, Shape.of(BATCH)))));
  }

  private float[] logits(int vocabulary) {
    float[] logits = new float[BATCH * vocabulary];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (3 * random.nextGaussian());
    }
    return logits;
  }

  private static float[] row(float[] all, int row, int vocabulary) {
    return Arrays.copyOfRange(all, row * vocabulary, (row + 1) * vocabulary);
  }

  /** The random number lies in the token's part of the distribution, but for float32's rounding. */
  private static void assertNear(float[] logits, float temperature, float uniform, int id) {
    if (temperature == 0) {
      return;
    }
    double before = 0;
    double total = 0;
    for (int i = 0; i < logits.length; i++) {
      double weight = Math.exp(logits[i] / (double) temperature);
      before += i < id ? weight : 0;
      total += weight;
    }
    double after = before + Math.exp(logits[id] / (double) temperature);
    assertThat((double) uniform).isBetween(before / total - 2e-6, after / total + 2e-6);
  }
}
