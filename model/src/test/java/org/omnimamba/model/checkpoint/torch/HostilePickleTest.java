package org.omnimamba.model.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;

class HostilePickleTest {
  @TempDir Path temp;

  private static PickleBuilder pickle() {
    return PickleBuilder.protocol2();
  }

  private void assertRefused(byte[] pickle, String reason) throws IOException {
    Path file = TorchZip.of(pickle).entry("a/data/0", new byte[16]).write(temp.resolve("x.pth"));
    assertThatThrownBy(() -> PthReader.open(file).close())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("x.pth is refused")
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "builtins, eval",
    "builtins, exec",
    "builtins, getattr",
    "__builtin__, eval",
    "subprocess, Popen",
    "torch, load",
    "torch.nn.modules.linear, Linear",
    "torch._utils, _rebuild_tensor_v2.__globals__",
    "torch._utils, _rebuild_sparse_tensor",
    "torch.storage, _load_from_bytes",
    "collections, OrderedDict.__init__",
    "argparse, Namespace",
    "numpy.core.multiarray, _reconstruct",
  })
  void refusesEveryOtherGlobalByName(String module, String name) throws IOException {
    byte[] called = pickle().global(module, name).ops("(").text("touch /tmp/x").ops("tR").stop();
    assertRefused(called, module + "." + name);
    byte[] mentioned = pickle().ops("}").text("a").global(module, name).ops("s").stop();
    assertRefused(mentioned, module + "." + name);
    byte[] fromStack = pickle().text(module).text(name).bytes(0x93).stop();
    assertRefused(fromStack, module + "." + name);
  }

  static Stream<Arguments> misuses() {
    long[] none = {};
    return Stream.of(
        Arguments.of("a text is called", pickle().text("os.system").ops(")R").stop()),
        Arguments.of("a dict is called", pickle().ops("})R").stop()),
        Arguments.of(
            "a storage type is called", pickle().global("torch", "FloatStorage").ops(")R").stop()),
        Arguments.of(
            "no arguments", pickle().global("torch._utils", "_rebuild_tensor_v2").ops(")R").stop()),
        Arguments.of(
            "a parameter of a text",
            pickle()
                .global("torch._utils", "_rebuild_parameter")
                .ops("(")
                .text("x")
                .ops("tR")
                .stop()),
        Arguments.of("state of a list", pickle().ops("]}b").stop()),
        Arguments.of("state that is no dict", pickle().ops("}]b").stop()),
        Arguments.of("a list as key", pickle().ops("}]Ns").stop()),
        Arguments.of("items of a list", pickle().ops("](").text("k").ops("Nu").stop()),
        Arguments.of("an odd number of items", pickle().ops("}(Nu").stop()),
        Arguments.of("appending to a tuple", pickle().ops(")Na").stop()),
        Arguments.of("an end without a begin", pickle().ops("t").stop()),
        Arguments.of("an empty stack", pickle().ops("s").stop()),
        Arguments.of("nothing at all", pickle().stop()),
        Arguments.of("a mark as value", pickle().ops("(").stop()),
        Arguments.of("values left behind", pickle().ops("NN").stop()),
        Arguments.of("an unknown memo", pickle().ops("h").bytes(7).stop()),
        Arguments.of(
            "an instance",
            pickle().global("collections", "OrderedDict").ops(")").bytes(0x81).stop()),
        Arguments.of("INST", pickle().ops("(ios\nsystem\n").stop()),
        Arguments.of("OBJ", pickle().ops("(").global("collections", "OrderedDict").ops("o").stop()),
        Arguments.of("EXT1", pickle().bytes(0x82, 1).stop()),
        Arguments.of("a persistent id as line", pickle().ops("P0\n").stop()),
        Arguments.of("a text as persistent id", pickle().text("0").ops("Q").stop()),
        Arguments.of(
            "a number of 255 bytes", pickle().bytes(0x8a, 255).ops("x".repeat(255)).stop()),
        Arguments.of("a text that never ends", pickle().ops("X").littleEndian(-1).stop()),
        Arguments.of(
            "a text of a negative length", pickle().bytes(0x8d, 0, 0, 0, 0, 0, 0, 0, 0x80).stop()),
        Arguments.of(
            "a text that is not UTF-8", pickle().ops("X").littleEndian(1).bytes(0xff).stop()),
        Arguments.of("a name that never ends", pickle().ops("c" + "x".repeat(5000)).stop()),
        Arguments.of("no STOP", pickle().ops("}").withoutStop()),
        Arguments.of(
            "an offset past the storage",
            dict(
                pickle()
                    .ops("}")
                    .text("a")
                    .tensor("FloatStorage", "0", 4, 4, new long[] {1}, new long[] {1}))),
        Arguments.of(
            "a negative offset",
            dict(
                pickle()
                    .ops("}")
                    .text("a")
                    .tensor("FloatStorage", "0", 4, -1, new long[] {1}, new long[] {1}))),
        Arguments.of(
            "a negative size",
            dict(
                pickle()
                    .ops("}")
                    .text("a")
                    .tensor("FloatStorage", "0", 4, 0, new long[] {-1}, new long[] {1}))),
        Arguments.of(
            "a negative stride",
            dict(
                pickle()
                    .ops("}")
                    .text("a")
                    .tensor("FloatStorage", "0", 4, 3, new long[] {4}, new long[] {-1}))),
        Arguments.of(
            "strides past the storage",
            dict(
                pickle()
                    .ops("}")
                    .text("a")
                    .tensor("FloatStorage", "0", 4, 0, new long[] {2, 2}, new long[] {3, 1}))),
        Arguments.of(
            "strides that overflow",
            dict(
                pickle()
                    .ops("}")
                    .text("a")
                    .tensor(
                        "FloatStorage",
                        "0",
                        4,
                        0,
                        new long[] {3, 1},
                        new long[] {Long.MAX_VALUE, 1}))),
        Arguments.of(
            "sizes that overflow",
            dict(
                pickle()
                    .ops("}")
                    .text("a")
                    .tensor(
                        "FloatStorage",
                        "0",
                        4,
                        0,
                        new long[] {Long.MAX_VALUE, 2},
                        new long[] {0, 0}))),
        Arguments.of(
            "a tensor out of one element",
            dict(
                pickle()
                    .ops("}")
                    .text("a")
                    .tensor(
                        "FloatStorage",
                        "0",
                        4,
                        0,
                        new long[] {1 << 30, 1 << 10},
                        new long[] {0, 0}))),
        Arguments.of(
            "other numbers of sizes and strides",
            dict(
                pickle()
                    .ops("}")
                    .text("a")
                    .tensor("FloatStorage", "0", 4, 0, new long[] {2}, none))),
        Arguments.of(
            "seventeen dimensions",
            dict(
                pickle()
                    .ops("}")
                    .text("a")
                    .tensor("FloatStorage", "0", 4, 0, new long[17], new long[17]))),
        Arguments.of(
            "a storage that is not there",
            dict(
                pickle()
                    .ops("}")
                    .text("a")
                    .tensor("FloatStorage", "1", 4, 0, new long[] {4}, new long[] {1}))),
        Arguments.of(
            "a storage of another place",
            dict(
                pickle()
                    .ops("}")
                    .text("a")
                    .tensor("FloatStorage", "../byteorder", 1, 0, new long[] {1}, new long[] {1}))),
        Arguments.of(
            "a storage of another length",
            dict(
                pickle()
                    .ops("}")
                    .text("a")
                    .tensor("FloatStorage", "0", 5, 0, new long[] {4}, new long[] {1}))),
        Arguments.of(
            "a storage of another type",
            dict(
                pickle()
                    .ops("}")
                    .text("a")
                    .tensor("DoubleStorage", "0", 4, 0, new long[] {4}, new long[] {1}))),
        Arguments.of(
            "an endless storage",
            dict(
                pickle()
                    .ops("}")
                    .text("a")
                    .tensor(
                        "FloatStorage", "0", Long.MAX_VALUE, 0, new long[] {4}, new long[] {1}))),
        Arguments.of("no tensors", pickle().ops("}").stop()),
        Arguments.of("no dict", pickle().ops("]").stop()));
  }

  private static byte[] dict(PickleBuilder builder) {
    return builder.ops("s").stop();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("misuses")
  void refuses(String what, byte[] pickle) throws IOException {
    Path file = TorchZip.of(pickle).entry("a/data/0", new byte[16]).write(temp.resolve("x.pth"));
    assertThatThrownBy(() -> PthReader.open(file).close())
        .as(what)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("x.pth");
  }

  @Test
  void namesTheInstructionItDoesNotKnow() throws IOException {
    assertRefused(pickle().ops("N").bytes(0x82, 1).stop(), "instruction 0x82 at byte");
  }

  @Test
  void namesSeveralStateDicts() throws IOException {
    PickleBuilder builder = pickle().ops("}");
    for (String name : new String[] {"model", "ema"}) {
      builder.text(name).ops("}").text("a");
      builder.tensor("FloatStorage", "0", 4, 0, new long[] {4}, new long[] {1}).ops("ss");
    }
    assertRefused(builder.stop(), "several state dicts: [model, ema]");
  }

  @Test
  void refusesAListToMakeADictOf() throws IOException {
    byte[] pickle =
        pickle().global("collections", "OrderedDict").ops("(](").text("k").ops("NtatR").stop();
    assertRefused(pickle, "OrderedDict is called with arguments");
  }

  @Test
  void survivesDeepNesting() throws IOException {
    int depth = 10_000;
    byte[] pickle = pickle().ops("]".repeat(depth)).ops("a".repeat(depth - 1)).stop();
    assertRefused(pickle, "no dict");
    byte[] values =
        pickle()
            .ops("}")
            .text("k")
            .ops("]".repeat(depth))
            .ops("a".repeat(depth - 1))
            .ops("s")
            .stop();
    assertRefused(values, "no tensors");
  }

  @Test
  void survivesListsThatHoldThemselvesMoreAndMoreOften() throws IOException {
    PickleBuilder builder = pickle().ops("}").text("k").ops("]");
    for (int i = 0; i < 200; i++) {
      // each list holds the one before it twice, so that it unfolds to 2^200 elements
      builder.ops("q").bytes(i).ops("](h").bytes(i).ops("h").bytes(i).ops("e");
    }
    byte[] pickle = builder.stop();
    assertThat(pickle.length).isLessThan(3000);
    assertRefused(pickle, "values behind");
  }

  @Test
  void boundsTheNumberOfInstructions() throws IOException {
    assertRefused(pickle().ops("\u0080\2".repeat((1 << 21) + 1)).stop(), "instructions");
  }

  @Test
  void acceptsWhatItShould() throws IOException {
    byte[] pickle =
        dict(
            pickle()
                .ops("}")
                .text("t")
                .tensor("FloatStorage", "0", 4, 3, new long[] {1}, new long[] {1}));
    byte[] storage = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0x80, 0x3f};
    Path file = TorchZip.of(pickle).entry("a/data/0", storage).write(temp.resolve("x.pth"));
    try (PthReader reader = PthReader.open(file)) {
      assertThat(reader.readFloats("t")).containsExactly(1f);
    }
  }
}
