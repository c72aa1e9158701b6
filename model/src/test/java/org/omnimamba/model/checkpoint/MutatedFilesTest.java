package org.omnimamba.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsWriter;
import org.omnimamba.model.checkpoint.schema.TensorSchema;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ConfigReader;
import org.omnimamba.model.config.ConfigWriter;
import org.omnimamba.model.config.InvalidConfigException;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.testing.OracleFiles;

/**
 * Changes sound files at random (from a fixed seed): only typed errors may come of it, and opening
 * takes memory in proportion to the file.
 */
class MutatedFilesTest {
  private static final int ROUNDS = 1000;
  private static final long[] TELLING = {
    0,
    1,
    -1,
    0x7f,
    0x80,
    0xffff,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  /** Twice what a pickle may allocate for each of its bytes: as much again for the rest. */
  private static final long MOST_FOR_A_BYTE = 2 * 32;

  private static final long MOST_FOR_ANY_FILE = 8L << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path temp;

  @Test
  void zipCheckpoints() throws IOException {
    byte[] sound = Files.readAllBytes(OracleFiles.path("views-tiny.pth"));
    assertThat(refusals(sound, sound.length)).isGreaterThan(ROUNDS / 4);
  }

  @Test
  void legacyCheckpoints() throws IOException {
    byte[] sound = Files.readAllBytes(OracleFiles.path("omnimamba-tiny-legacy-subset.pth"));
    assertThat(refusals(sound, 2300)).isGreaterThan(ROUNDS / 4);
  }

  @Test
  void safetensors() throws IOException {
    Path file = temp.resolve("sound");
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    tensors.put("a", TensorInfo.of(Dtype.F32, 3, 2));
    tensors.put("b", TensorInfo.of(Dtype.BF16, 4));
    tensors.put("c", TensorInfo.of(Dtype.F16));
    tensors.put("d", TensorInfo.of(Dtype.I8, 2, 3));
    tensors.put("d_scale", TensorInfo.of(Dtype.F32, 2, 1));
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, tensors, Map.of("k", "v"))) {
      tensors.forEach(
          (name, info) -> {
            byte[] content = new byte[(int) info.byteSize()];
            // a float that may be a scale
            Arrays.fill(content, (byte) 1);
            writer.append(name, ByteBuffer.wrap(content));
          });
    }
    byte[] sound = Files.readAllBytes(file);
    assertThat(refusals(sound, sound.length)).isGreaterThan(ROUNDS / 4);
  }

  @Test
  void configurations() throws IOException {
    byte[] sound =
        ConfigWriter.toJson(ModelPresets.untrained()).toString().getBytes(StandardCharsets.UTF_8);
    SplittableRandom random = new SplittableRandom(4);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Path file = Files.write(temp.resolve("config.json"), mutated(sound, sound.length, random));
      try {
        TensorSchema.of(ConfigReader.read(file));
      } catch (InvalidConfigException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(ROUNDS / 4);
  }

  private int refusals(byte[] sound, int range) throws IOException {
    SplittableRandom random = new SplittableRandom(range);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = mutated(sound, range, random);
      Path file = Files.write(temp.resolve("mutated"), bytes);
      try (TensorSource source = openMeasured(file, bytes.length)) {
        for (String name : source.names()) {
          source.readInto(name, ByteBuffer.allocate((int) source.info(name).byteSize()));
        }
      } catch (CheckpointException e) {
        assertThat(e).hasMessageContaining(file.toString());
        refused++;
      }
    }
    return refused;
  }

  private static TensorSource openMeasured(Path file, long length) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      return TensorFiles.open(file);
    } finally {
      assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
          .isLessThan(MOST_FOR_ANY_FILE + MOST_FOR_A_BYTE * length);
    }
  }

  private static byte[] mutated(byte[] sound, int range, SplittableRandom random) {
    byte[] bytes = sound.clone();
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      int at = random.nextInt(Math.min(range, bytes.length));
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> overwrite(bytes, at, TELLING[random.nextInt(TELLING.length)], random);
        case 3 -> bytes = without(bytes, at, 1 + random.nextInt(8));
        case 4 -> bytes = repeated(bytes, at, 1 + random.nextInt(16));
        default -> bytes[at] = bytes[random.nextInt(Math.min(range, bytes.length))];
      }
    }
    return random.nextInt(20) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  private static void overwrite(byte[] bytes, int at, long value, SplittableRandom random) {
    byte[] number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    int count = Math.min(1 << random.nextInt(4), bytes.length - at);
    System.arraycopy(number, 0, bytes, at, count);
  }

  private static byte[] without(byte[] bytes, int at, int count) {
    int end = Math.min(bytes.length, at + count);
    byte[] shorter = new byte[Math.max(1, bytes.length - (end - at))];
    System.arraycopy(bytes, 0, shorter, 0, Math.min(at, shorter.length));
    System.arraycopy(bytes, end, shorter, Math.min(at, shorter.length), bytes.length - end);
    return shorter;
  }

  private static byte[] repeated(byte[] bytes, int at, int count) {
    int end = Math.min(bytes.length, at + count);
    byte[] longer = new byte[bytes.length + end - at];
    System.arraycopy(bytes, 0, longer, 0, end);
    System.arraycopy(bytes, at, longer, end, bytes.length - at);
    return longer;
  }
}
