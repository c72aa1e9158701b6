package org.omnimamba.model.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.testing.OracleFiles;

class ZipContainerTest {
  private static final byte[] PICKLE =
      PickleBuilder.protocol2()
          .ops("}")
          .text("t")
          .tensor("FloatStorage", "0", 1, 0, new long[] {1}, new long[] {1})
          .ops("s")
          .stop();

  private static final byte[] ONE = {0, 0, (byte) 0x80, 0x3f};

  @TempDir Path temp;

  private static TorchZip sound() {
    return TorchZip.of(PICKLE).entry("a/data/0", ONE);
  }

  private void assertRefused(Path file, String reason) {
    assertThatThrownBy(() -> PthReader.open(file).close())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(reason);
  }

  @Test
  void refusesCompressedEntriesAndSoEveryBomb() throws IOException {
    assertRefused(sound().compressed().write(temp.resolve("x.pth")), "compressed");
  }

  @Test
  void refusesBigEndianFiles() throws IOException {
    assertRefused(
        sound().entry("a/byteorder", "big").write(temp.resolve("x.pth")), "byte order is 'big'");
  }

  @Test
  void refusesZipFilesThatAreNoCheckpoint() throws IOException {
    assertRefused(new TorchZip().entry("a.txt", "x").write(temp.resolve("x.pth")), "0 data.pkl");
    assertRefused(sound().entry("b/data.pkl", PICKLE).write(temp.resolve("y.pth")), "2 data.pkl");
  }

  @Test
  void refusesEncryptedEntries() throws IOException {
    Path file = sound().write(temp.resolve("x.pth"));
    byte[] bytes = Files.readAllBytes(file);
    int directory = indexOf(bytes, new byte[] {'P', 'K', 1, 2});
    bytes[directory + 8] |= 1;
    Files.write(file, bytes);
    assertRefused(file, "encrypted");
  }

  @Test
  void refusesEveryTruncation() throws IOException {
    byte[] bytes = Files.readAllBytes(sound().write(temp.resolve("x.pth")));
    for (int length = 0; length < bytes.length; length++) {
      Path file = Files.write(temp.resolve("cut.pth"), Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> PthReader.open(file).close())
          .as("cut to %d bytes", length)
          .isInstanceOf(CheckpointException.class);
    }
  }

  @Test
  void refusesLegacyFilesThatAreCut() throws IOException {
    byte[] bytes = Files.readAllBytes(OracleFiles.path("omnimamba-tiny-legacy-subset.pth"));
    for (int length : new int[] {1, 14, 20, 100, 1500, 2177, 2178, 2190, bytes.length - 1}) {
      assertRefused(Files.write(temp.resolve("cut.pth"), Arrays.copyOf(bytes, length)), "");
    }
    assertRefused(
        Files.write(temp.resolve("long.pth"), Arrays.copyOf(bytes, bytes.length + 1)),
        "1 bytes follow");
  }

  @Test
  void refusesOtherPickles() throws IOException {
    assertRefused(
        Files.write(temp.resolve("x.pkl"), PickleBuilder.protocol2().ops("}").stop()),
        "not of a checkpoint");
  }

  @Test
  void acceptsAComment() throws IOException {
    Path file = sound().write(temp.resolve("x.pth"));
    byte[] bytes = Files.readAllBytes(file);
    byte[] comment = "a comment".getBytes(StandardCharsets.UTF_8);
    byte[] longer = Arrays.copyOf(bytes, bytes.length + comment.length);
    System.arraycopy(comment, 0, longer, bytes.length, comment.length);
    longer[bytes.length - 2] = (byte) comment.length;
    Files.write(file, longer);
    try (PthReader reader = PthReader.open(file)) {
      assertThat(reader.readFloats("t")).containsExactly(1f);
    }
  }

  @Test
  void readsEntriesBeyondFourGigabytes() throws IOException {
    Path file = temp.resolve("large.pth");
    long far = 5_000_000_000L;
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      channel.write(local("a/data.pkl", PICKLE), 0);
      channel.write(local("a/data/0", ONE), far);
      ByteBuffer directory = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
      central(directory, "a/data.pkl", PICKLE.length, 0);
      central(directory, "a/data/0", ONE.length, far);
      int directoryBytes = directory.position();
      long directoryStart = far + 1000;
      end64(directory, directoryStart, directoryBytes);
      channel.write(directory.flip(), directoryStart);
    }
    try (PthReader reader = PthReader.open(file)) {
      assertThat(reader.readFloats("t")).containsExactly(1f);
    }
  }

  private static ByteBuffer local(String name, byte[] content) {
    ByteBuffer header = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(ZipArchive.LOCAL_HEADER).position(26);
    header.putShort((short) name.length()).putShort((short) 0);
    return header.put(name.getBytes(StandardCharsets.UTF_8)).put(content).flip();
  }

  private static void central(ByteBuffer directory, String name, int size, long position) {
    int start = directory.position();
    boolean far = position > 0xffffffffL;
    directory.putInt(0x02014b50);
    directory.putInt(start + 20, size).putInt(start + 24, size);
    directory.putShort(start + 28, (short) name.length());
    directory.putShort(start + 30, (short) (far ? 12 : 0));
    directory.putInt(start + 42, far ? -1 : (int) position);
    directory.position(start + 46);
    directory.put(name.getBytes(StandardCharsets.UTF_8));
    if (far) {
      directory.putShort((short) 1).putShort((short) 8).putLong(position);
    }
  }

  private static void end64(ByteBuffer out, long directoryStart, int directoryBytes) {
    out.putInt(0x06064b50).putLong(44).putInt(0).putInt(0).putInt(0);
    out.putLong(2).putLong(2).putLong(directoryBytes).putLong(directoryStart);
    out.putInt(0x07064b50).putInt(0).putLong(directoryStart + directoryBytes).putInt(1);
    out.putInt(0x06054b50).putInt(0).putShort((short) 2).putShort((short) 2);
    out.putInt(-1).putInt(-1).putShort((short) 0);
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int i = 0; i + wanted.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    throw new AssertionError("not found");
  }
}
