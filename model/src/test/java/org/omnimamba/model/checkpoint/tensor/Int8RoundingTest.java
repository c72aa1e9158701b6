package org.omnimamba.model.checkpoint.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class Int8RoundingTest {
  private final ByteArrayOutputStream codes = new ByteArrayOutputStream();

  private float[] read(int rows, float... values) {
    return Int8Rounding.read(
        new OneTensor(TensorInfo.of(Dtype.F32, rows, values.length / rows), values),
        "w",
        piece -> codes.write(piece.array(), 0, piece.limit()));
  }

  @Test
  void eachRowIsRoundedToMultiplesOfItsLargestMagnitudeOver127() {
    float[] scales = read(3, 254, -1, 3.1f, 0.25f, -0.5f, 0.1f, 0, 0, -0f);
    assertThat(scales).containsExactly(2, 0.5f / 127, 1);
    // halves go to the even neighbour
    assertThat(codes.toByteArray()).containsExactly(127, 0, 2, 64, -127, 25, 0, 0, 0);
  }

  @Test
  void noValueMovesByMoreThanHalfAScale() {
    // longer than one piece, with rows that are not a divisor of it
    int rows = 700;
    int columns = 1000;
    Random random = new Random(3);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * Math.exp(random.nextInt(5)));
    }
    float[] scales = read(rows, values);
    byte[] read = codes.toByteArray();
    assertThat(read).hasSize(values.length).doesNotContain(Byte.MIN_VALUE);
    for (int i = 0; i < values.length; i++) {
      float scale = scales[i / columns];
      assertThat(Math.abs(read[i] * scale - values[i]))
          .as("element %d", i)
          .isLessThanOrEqualTo(0.5001f * scale);
    }
    for (int row = 0; row < rows; row++) {
      byte[] own = Arrays.copyOfRange(read, row * columns, (row + 1) * columns);
      int largest = 0;
      for (byte code : own) {
        largest = Math.max(largest, Math.abs(code));
      }
      assertThat(largest).as("row %d", row).isEqualTo(127);
    }
  }

  @Test
  void theSmallestAndLargestFloatsHaveScalesThatCanBeRead() {
    float[] scales = read(2, Float.MIN_VALUE, 0, Float.MAX_VALUE, -Float.MAX_VALUE);
    assertThat(scales[0]).isEqualTo(Float.MIN_NORMAL);
    assertThat(codes.toByteArray()).containsExactly(0, 0, 127, -127);
  }

  @Test
  void whatInt8CannotHoldIsRefusedByName() {
    assertThatThrownBy(() -> read(2, 1, 2, 3, Float.NaN))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("w holds NaN in row 1");
    assertThatThrownBy(() -> read(1, Float.NEGATIVE_INFINITY))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("w holds -Infinity in row 0");
    TensorSource vector = new OneTensor(TensorInfo.of(Dtype.F32, 1), new float[1]);
    assertThatThrownBy(() -> Int8Rounding.read(vector, "w", piece -> {}))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("w is F32 [1]");
  }

  /** A source of the tensor {@code w}. */
  private record OneTensor(TensorInfo shape, float[] values) implements TensorSource {
    @Override
    public Set<String> names() {
      return Set.of("w");
    }

    @Override
    public TensorInfo info(String name) {
      assertThat(name).isEqualTo("w");
      return shape;
    }

    @Override
    public void readInto(String name, long offset, ByteBuffer target) {
      ByteBuffer all =
          ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      all.asFloatBuffer().put(values);
      target.put(all.slice((int) offset, target.remaining()));
    }

    @Override
    public void close() {}
  }
}
