package org.omnimamba.model.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;

/** Small files that unfold: each is refused in a Java runtime with a small heap. */
class PickleMemoryTest {
  private static final String HEAP = "-Xmx64m";
  private static final int REPEATS = 10_000;

  @TempDir Path temp;

  /** Run in the child: says how each file ends. */
  public static final class Opening {
    private Opening() {}

    public static void main(String[] files) {
      for (String file : files) {
        try (PthReader reader = PthReader.open(Path.of(file))) {
          System.out.printf("%s opened, %d tensors%n", file, reader.names().size());
        } catch (CheckpointException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  private static PickleBuilder pickle() {
    return PickleBuilder.protocol2();
  }

  /** A tuple that is not ended yet. */
  private static PickleBuilder open() {
    return pickle().ops("(");
  }

  private static Map<String, byte[]> hostile() {
    Map<String, byte[]> pickles = new LinkedHashMap<>();
    pickles.put(
        "dicts of one memoised list",
        pickle()
            .global("collections", "OrderedDict")
            .ops("q\1]q\0(" + "N\u0085".repeat(REPEATS) + "e(")
            .ops("h\1h\0\u0085R".repeat(REPEATS))
            .ops("t")
            .stop());
    pickles.put("empty dicts", repeatedOf("}"));
    pickles.put("empty lists", repeatedOf("]"));
    pickles.put(
        "ordered dicts",
        repeatedOf(open().global("collections", "OrderedDict").ops("q\1"), "h\1)R"));
    pickles.put("tuples of tuples", repeatedOf(")\u0085\u0085\u0085"));
    pickles.put("marks and tuples", repeatedOf("(t"));
    pickles.put("numbers of one byte", repeatedOf("K\7"));
    pickles.put("texts of no byte", repeatedOf("\u008c\0"));
    pickles.put("memo by memo", repeatedOf(open().ops("N"), "\u0094"));
    pickles.put("dicts with an item", repeatedOf("}K\1Ns"));
    pickles.put("nested dicts", pickle().ops("}K\1".repeat(300_000)).stop());
    pickles.put("states", repeatedOf(open().ops("}"), "}b"));
    pickles.put("a text of 16 MB", pickle().text("x".repeat(16 << 20)).stop());
    pickles.put("one dict under many names", manyNames(false));
    pickles.put("a long name of many dicts", manyNames(true));
    pickles.put("sizes of one memoised list", manySizes());
    return pickles;
  }

  private static byte[] repeatedOf(String ops) {
    return repeatedOf(open(), ops);
  }

  private static byte[] repeatedOf(PickleBuilder start, String ops) {
    return start.ops(ops.repeat(600_000)).ops("t").stop();
  }

  /** A dict of a thousand tensors: a thousand times in the root, or with long names between. */
  private static byte[] manyNames(boolean longName) {
    PickleBuilder builder = pickle().ops("}").text("n".repeat(longName ? 100_000 : 1)).ops("q\1");
    builder.tensor("FloatStorage", "0", 4, 0, new long[] {4}, new long[] {1}).ops("q\2s");
    builder.text("all").ops("}q\0(");
    for (int i = 0; i < 1000; i++) {
      builder.text("t" + i).ops("h\2");
    }
    builder.ops("us(");
    for (int i = 0; i < 1000; i++) {
      builder.text("d" + i).ops(longName ? "}h\1}h\1h\2ss" : "h\0");
    }
    return builder.ops("u").stop();
  }

  /** Tensors whose sizes are one tuple of many. */
  private static byte[] manySizes() {
    PickleBuilder builder = pickle().ops("((" + "K\1".repeat(REPEATS) + "tq\0(");
    builder.text("storage").global("torch", "FloatStorage").text("0").text("cpu");
    builder.integer(4).ops("tQq\4").global("torch._utils", "_rebuild_tensor_v2").ops("q\3");
    return builder.ops("h\3(h\4K\0h\0h\0\u0089NtR".repeat(2000)).ops("t").stop();
  }

  @Test
  void noFileTakesMoreThanAFewTimesItsSize() throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                Opening.class.getName()));
    Map<String, byte[]> hostile = hostile();
    hostile.forEach((name, pickle) -> command.add(write(name, pickle).toString()));
    Path output = temp.resolve("output");
    Process child =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(child.waitFor()).as(() -> read(output)).isZero();
    assertThat(Files.readAllLines(output))
        .hasSameSizeAs(hostile.keySet())
        .allMatch(line -> line.contains(" is refused: "))
        // each is refused for what it does, and not because it was written wrongly
        .noneMatch(line -> line.contains("has instruction") || line.contains("not there"));
  }

  private Path write(String name, byte[] pickle) {
    try {
      return TorchZip.of(pickle)
          .entry("a/data/0", new byte[16])
          .write(temp.resolve(name.replace(' ', '-') + ".pth"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
