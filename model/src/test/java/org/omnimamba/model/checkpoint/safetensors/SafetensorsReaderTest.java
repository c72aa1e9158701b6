package org.omnimamba.model.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;

class SafetensorsReaderTest {
  @TempDir Path directory;

  @Test
  void readsEveryFloatTypeAndIntegers() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(8 + 4 + 4 + 16).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(1.5f).putFloat(-2f);
    data.putShort((short) 0x3e00).putShort((short) 0x0001);
    data.putShort((short) 0x3fc0).putShort((short) 0x8001);
    data.putLong(Long.MIN_VALUE).putLong(7);
    Path file =
        write(
            """
            {"__metadata__":{"format":"pt"},
             "i":{"dtype":"I64","shape":[2],"data_offsets":[16,32]},
             "f":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},
             "h":{"dtype":"F16","shape":[2,1],"data_offsets":[8,12]},
             "b":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]},
             "e":{"dtype":"F32","shape":[0,3],"data_offsets":[8,8]}}\
            """,
            data.array());
    try (SafetensorsReader reader = Safetensors.open(file)) {
      assertThat(reader.metadata()).containsExactly(Map.entry("format", "pt"));
      assertThat(reader.names()).containsExactly("f", "e", "h", "b", "i");
      assertThat(reader.info("h")).isEqualTo(TensorInfo.of(Dtype.F16, 2, 1));
      assertThat(reader.readFloats("f")).containsExactly(1.5f, -2f);
      assertThat(reader.readFloats("h")).containsExactly(1.5f, 0x1p-24f);
      assertThat(reader.readFloats("b")).containsExactly(1.5f, -Float.intBitsToFloat(0x10000));
      assertThat(reader.readFloats("e")).isEmpty();
      assertThat(reader.readLongs("i")).containsExactly(Long.MIN_VALUE, 7);
      assertThat(reader.map("f").getFloat(4)).isEqualTo(-2f);
      ByteBuffer direct = ByteBuffer.allocateDirect(4).order(ByteOrder.LITTLE_ENDIAN);
      reader.readInto("f", 4, direct);
      assertThat(direct.getFloat(0)).isEqualTo(-2f);
      assertThatThrownBy(() -> reader.readInto("f", 8, ByteBuffer.allocate(1)))
          .isInstanceOf(CheckpointException.class);
      assertThatThrownBy(() -> reader.info("nothing"))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("nothing");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}|overlap",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[6,10]}}|gap",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|gap",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|Duplicate",
        "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|Duplicate",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}|negative",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1,-2],\"data_offsets\":[0,8]}}|negative",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}|too large",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[0,4611686018427387904,4],\"data_offsets\":[0,0]}}|too large",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}|not an integer",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}|not an integer",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[\"2\"],\"data_offsets\":[0,8]}}|not an integer",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}|not an array",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}|needs 12 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}|rising",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}|rising",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,9]}}|rising",
        "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}|unknown dtype 'F8_E4M3'",
        "{\"a\":{\"dtype\":5,\"shape\":[2],\"data_offsets\":[0,8]}}|unknown dtype",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}|exactly",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"more\":1}}|exactly",
        "{\"a\":[1,2,3]}|exactly",
        "{\"__metadata__\":{\"k\":1}}|not a string",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}|follow the header",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}|follow the header",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2],\"data_offsets\":[0,8]}}|too many dimensions",
        "{} {}|not valid JSON",
        "{\"a\"|not valid JSON",
        "[1,2]|does not start with {",
        "` {}`|does not start with {",
      })
  void refusesBadHeaders(String header, String reason) throws IOException {
    Path file = write(header, new byte[8]);
    assertThatThrownBy(() -> Safetensors.open(file).close())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(reason);
  }

  @Test
  void refusesAbsurdHeaderLengthsBeforeTakingMemory() throws IOException {
    for (long length : new long[] {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, (16 << 20) + 1}) {
      Path file = directory.resolve("length" + length);
      Files.write(
          file, ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
      assertThatThrownBy(() -> Safetensors.open(file).close())
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("header length");
    }
  }

  @Test
  void refusesEveryTruncation() throws IOException {
    Path whole =
        write("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", new byte[8]);
    byte[] bytes = Files.readAllBytes(whole);
    for (int length = 0; length < bytes.length; length++) {
      Path file = directory.resolve("cut" + length);
      Files.write(file, java.util.Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> Safetensors.open(file).close())
          .as("cut to %d bytes", length)
          .isInstanceOf(CheckpointException.class);
    }
  }

  @Test
  void refusesTextThatIsNotUtf8() throws IOException {
    byte[] utf16 = "{}".getBytes(StandardCharsets.UTF_16LE);
    Path file = directory.resolve("utf16");
    ByteBuffer bytes = ByteBuffer.allocate(8 + utf16.length).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(utf16.length).put(utf16).array());
    assertThatThrownBy(() -> Safetensors.open(file).close())
        .isInstanceOf(CheckpointException.class);
    Path latin = write("{\"\u00e4\":1}", new byte[0], StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> Safetensors.open(latin).close())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  void namesTheMissingFile() {
    assertThatThrownBy(() -> Safetensors.open(directory).close())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("model.safetensors")
        .hasMessageContaining("no such file");
  }

  @Test
  void readsShardsThroughTheIndex() throws IOException {
    writeShard("model-00001-of-00002.safetensors", "a", 1f);
    writeShard("model-00002-of-00002.safetensors", "b", 2f);
    index(Map.of("a", "model-00001-of-00002.safetensors", "b", "model-00002-of-00002.safetensors"));
    try (SafetensorsReader reader = Safetensors.open(directory)) {
      assertThat(reader.names()).containsExactly("a", "b");
      assertThat(reader.readFloats("b")).containsExactly(2f);
    }
  }

  @Test
  void refusesAnIndexThatDoesNotFit() throws IOException {
    String one = "model-00001-of-00002.safetensors";
    String two = "model-00002-of-00002.safetensors";
    writeShard(one, "a", 1f);
    writeShard(two, "b", 2f);
    assertIndexRefused(Map.of("a", one, "b", one), "b", "is not in");
    assertIndexRefused(Map.of("a", one, "b", two, "c", two), "c", "is not in");
    assertIndexRefused(Map.of("a", two), "a", "is not in");
    assertIndexRefused(Map.of("a", one, "b", "../b.safetensors"), "is not a file name");
    assertIndexRefused(Map.of("a", one, "b", "/etc/passwd"), "is not a file name");
    assertIndexRefused(Map.of("a", one, "b", "absent.safetensors"), "no such file");
    assertIndexRefused(Map.of(), "weight_map");
    writeShard("again.safetensors", "a", 1f);
    assertIndexRefused(Map.of("a", one, "b", "again.safetensors"), "tensor a is in");
  }

  private void assertIndexRefused(Map<String, String> shardOf, String... reasons)
      throws IOException {
    index(shardOf);
    assertThatThrownBy(() -> Safetensors.open(directory).close())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll(reasons);
  }

  private void index(Map<String, String> shardOf) throws IOException {
    StringBuilder json = new StringBuilder("{\"metadata\":{\"total_size\":8},\"weight_map\":{");
    String comma = "";
    for (Map.Entry<String, String> entry : new TreeMap<>(shardOf).entrySet()) {
      json.append(comma).append('"').append(entry.getKey()).append("\":\"");
      json.append(entry.getValue()).append('"');
      comma = ",";
    }
    Files.writeString(directory.resolve(Safetensors.INDEX_FILE), json + "}}");
  }

  private void writeShard(String file, String tensor, float value) {
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(
            directory.resolve(file), Map.of(tensor, TensorInfo.of(Dtype.F32, 1)), Map.of())) {
      writer.append(
          tensor, ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).flip());
    }
  }

  private Path write(String header, byte[] data) throws IOException {
    return write(header, data, StandardCharsets.UTF_8);
  }

  private Path write(String header, byte[] data, java.nio.charset.Charset charset)
      throws IOException {
    byte[] text = header.getBytes(charset);
    Path file = directory.resolve("file.safetensors");
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(text.length).put(text).put(data).array());
    return file;
  }
}
