package org.omnimamba.model.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.Int8Matrix;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.tensorflow.ndarray.Shape;

/** Files with matrices in int8, good and broken ones. */
class Int8FilesTest {
  private static final String NAME = "a.weight";
  private static final String SCALE = "a.weight_scale";
  private static final TensorInfo CODES = TensorInfo.of(Dtype.I8, 2, 3);
  private static final TensorInfo SCALES = TensorInfo.of(Dtype.F32, 2, 1);

  @TempDir Path directory;

  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private final Map<String, ByteBuffer> contents = new LinkedHashMap<>();

  private void add(String name, TensorInfo info, ByteBuffer bytes) {
    tensors.put(name, info);
    contents.put(name, bytes);
  }

  private Path written() {
    Path file = directory.resolve("f.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, tensors, Map.of())) {
      contents.forEach(writer::append);
    }
    return file;
  }

  private static ByteBuffer codes(int... codes) {
    ByteBuffer bytes = ByteBuffer.allocate(codes.length);
    for (int code : codes) {
      bytes.put((byte) code);
    }
    return bytes.flip();
  }

  private static ByteBuffer floats(float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }

  @Test
  void aMatrixInInt8ReadsAsItsValuesInFloat32() {
    add(NAME, CODES, codes(-127, 0, 127, 1, -2, 3));
    add(SCALE, SCALES, floats(0.5f, 0.1f));
    add("norm.weight", TensorInfo.of(Dtype.F32, 1), floats(7));
    try (TensorSource source = Safetensors.openValues(written())) {
      assertThat(source.names()).containsExactly(NAME, "norm.weight");
      assertThat(source.info(NAME)).isEqualTo(TensorInfo.of(Dtype.F32, 2, 3));
      float[] values = {-63.5f, 0, 63.5f, 0.1f, -2 * 0.1f, 3 * 0.1f};
      assertThat(source.readFloats(NAME)).containsExactly(values);
      assertThat(source.readFloats("norm.weight")).containsExactly(7);
      assertThat(source.int8("norm.weight")).isEmpty();
      assertThat(source.int8(NAME))
          .hasValueSatisfying(
              matrix -> {
                assertThat(matrix.shape()).isEqualTo(Shape.of(2, 3));
                assertThat(matrix.byteSize()).isEqualTo(6 + 8);
              });
      for (int first = 0; first < values.length; first++) {
        ByteBuffer part = ByteBuffer.allocate(Float.BYTES * (values.length - first));
        source.readInto(NAME, (long) first * Float.BYTES, part);
        part.flip().order(ByteOrder.LITTLE_ENDIAN);
        for (int i = first; i < values.length; i++) {
          assertThat(part.getFloat()).as("element %d from %d", i, first).isEqualTo(values[i]);
        }
      }
      assertThatThrownBy(() -> source.readInto(NAME, 4, ByteBuffer.allocate(24)))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(NAME);
      assertThatThrownBy(() -> source.readInto(NAME, 2, ByteBuffer.allocate(4)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(NAME);
    }
  }

  static Stream<Arguments> wrongScales() {
    return Stream.of(
        Arguments.of("a shape of their own", TensorInfo.of(Dtype.F32, 2), floats(1, 1), "[2]"),
        Arguments.of("too many", TensorInfo.of(Dtype.F32, 3, 1), floats(1, 1, 1), "[3, 1]"),
        Arguments.of("another type", TensorInfo.of(Dtype.I32, 2, 1), floats(1, 1), "I32"),
        Arguments.of("zero", SCALES, floats(1, 0), "0.0 in row 1"),
        Arguments.of("negative", SCALES, floats(-1, 1), "-1.0 in row 0"),
        Arguments.of("not a number", SCALES, floats(1, Float.NaN), "NaN in row 1"),
        Arguments.of("infinite", SCALES, floats(Float.POSITIVE_INFINITY, 1), "Infinity in row 0"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongScales")
  void wrongScalesAreRefusedByName(String what, TensorInfo info, ByteBuffer scales, String said) {
    add(NAME, CODES, codes(1, 2, 3, 4, 5, 6));
    add(SCALE, info, scales.duplicate());
    refused(SCALE, said);
  }

  @Test
  void int8WithoutScalesIsRefusedByName() {
    add(NAME, CODES, codes(1, 2, 3, 4, 5, 6));
    refused(NAME, "there is no " + NAME + Int8Matrix.SCALE_SUFFIX);
  }

  @Test
  void onlyMatricesMayBeInInt8() {
    add(NAME, TensorInfo.of(Dtype.I8, 2), codes(1, 2));
    add(SCALE, SCALES, floats(1, 1));
    refused(NAME, "only matrices");
  }

  private void refused(String name, String said) {
    Path file = written();
    assertThatThrownBy(() -> Safetensors.openValues(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(said);
  }

  @Test
  void aCodeBelowTheSymmetricRangeIsRefusedWhenItIsRead() {
    add(NAME, CODES, codes(1, 2, 3, 4, -128, 6));
    add(SCALE, SCALES, floats(1, 1));
    try (TensorSource source = Safetensors.openValues(written())) {
      assertThatThrownBy(() -> source.readFloats(NAME))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(NAME)
          .hasMessageContaining("-128");
    }
  }
}
