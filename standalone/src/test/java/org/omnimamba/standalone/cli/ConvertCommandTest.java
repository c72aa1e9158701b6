package org.omnimamba.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.testing.OracleFiles;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ConvertCommandTest {
  @TempDir Path temp;

  private final CommandRun run = new CommandRun();

  private int convert(String... more) {
    String[] args = {
      "convert",
      OracleFiles.path("omnimamba-tiny.pth").toString(),
      temp.resolve("model").toString(),
      "--config",
      OracleFiles.path("omnimamba-tiny.json").toString(),
      "--tokenizer",
      OracleFiles.path("tiny-tokenizer.json").toString()
    };
    String[] all = java.util.Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return run.execute(all);
  }

  @Test
  void convertsAndInspects() {
    assertThat(convert()).isZero();
    assertThat(run.out()).contains("omnimamba-tiny", "535 tensors");
    assertThat(run.err()).isEmpty();

    CommandRun inspect = new CommandRun();
    assertThat(inspect.execute("inspect", "--verify", temp.resolve("model").toString())).isZero();
    assertThat(inspect.out())
        .contains("vision tower siglip", "image tokenizer", "not used by inference")
        .contains("535 tensors f32")
        // 3 layers of 4 * (160 * 4 + 128 * 16) bytes
        .contains("memory per slot: 32.26 kB")
        .contains("every file is as it was written");
  }

  @Test
  void writesBfloat16() {
    assertThat(convert("--dtype", "bf16")).isZero();
    CommandRun inspect = new CommandRun();
    assertThat(inspect.execute("inspect", "--json", temp.resolve("model").toString())).isZero();
    JsonNode json = JsonMapper.shared().readTree(inspect.out());
    assertThat(json.path("tensors_by_dtype").path("bf16").intValue()).isEqualTo(535);
    JsonNode total = json.path("total");
    assertThat(total.path("bytes").longValue()).isEqualTo(2 * total.path("parameters").longValue());
    assertThat(json.path("bytes_per_slot").longValue()).isEqualTo(3L * 4 * (160 * 4 + 128 * 16));
  }

  @Test
  void writesInt8() {
    assertThat(convert("--dtype", "int8")).isZero();
    assertThat(run.out()).contains("535 tensors");
    CommandRun inspect = new CommandRun();
    assertThat(inspect.execute("inspect", "--verify", temp.resolve("model").toString())).isZero();
    assertThat(inspect.out())
        .contains("types: 527 tensors bf16, 8 tensors i8")
        .contains("every file is as it was written");
  }

  @Test
  void convertsAModelDirectoryWithAllThatBelongsToIt() throws IOException {
    assertThat(convert("--dtype", "int8")).isZero();
    Path directory = temp.resolve("model");
    Files.writeString(
        directory.resolve("generation_config.json"), "{\"t2i\": {\"temperature\": 0.5}}");
    Files.writeString(directory.resolve("LICENSES.md"), "Yours.");
    Path again = temp.resolve("again");
    CommandRun second = new CommandRun();
    assertThat(second.execute("convert", directory.toString(), again.toString(), "--dtype", "int8"))
        .as(second.err())
        .isZero();
    for (String file :
        List.of(
            "config.json",
            "generation_config.json",
            "LICENSES.md",
            "model.safetensors",
            "tokenizer.json")) {
      assertThat(again.resolve(file)).hasSameBinaryContentAs(directory.resolve(file));
    }
    CommandRun inspect = new CommandRun();
    assertThat(inspect.execute("inspect", "--verify", again.toString())).isZero();
  }

  @Test
  void saysWhatADirectoryLacks() throws IOException {
    Path empty = Files.createDirectory(temp.resolve("empty"));
    assertThat(run.execute("convert", empty.toString(), temp.resolve("out").toString())).isOne();
    assertThat(run.err()).contains("there is no tokenizer.json in " + empty);
  }

  /** Each call would copy the list, so that a small file fills the heap. */
  @Test
  void aSmallCheckpointThatWouldFillTheMemoryIsRefusedByName() throws IOException {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.writeBytes(latin1("\u0080\u0002]q\u0000("));
    for (int i = 0; i < 8192; i++) {
      pickle.writeBytes(latin1("N"));
    }
    pickle.writeBytes(latin1("e("));
    for (int i = 0; i < 4096; i++) {
      pickle.writeBytes(latin1("ccollections\nOrderedDict\nh\u0000\u0085R"));
    }
    pickle.writeBytes(latin1("t."));
    Path hostile = temp.resolve("hostile.pth");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(hostile))) {
      zip.setMethod(ZipOutputStream.STORED);
      ZipEntry entry = new ZipEntry("archive/data.pkl");
      entry.setSize(pickle.size());
      CRC32 crc = new CRC32();
      crc.update(pickle.toByteArray());
      entry.setCrc(crc.getValue());
      zip.putNextEntry(entry);
      zip.write(pickle.toByteArray());
      zip.closeEntry();
    }
    assertThat(
            run.execute(
                "convert",
                hostile.toString(),
                temp.resolve("model").toString(),
                "--tokenizer",
                OracleFiles.path("tiny-tokenizer.json").toString()))
        .isEqualTo(1);
    assertThat(run.err())
        .contains("hostile.pth", "OrderedDict is called with arguments")
        .doesNotContain("\tat ", "OutOfMemory");
    assertThat(temp.resolve("model")).doesNotExist();
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void saysWhatIsWrongInWordsAndLeavesNothing() throws IOException {
    assertThat(convert("--dtype", "f8")).isEqualTo(2);
    assertThat(run.err()).contains("--dtype").doesNotContain("\tat ");
    Path hostile = Files.write(temp.resolve("x.pth"), "not a checkpoint".getBytes());
    CommandRun failed = new CommandRun();
    assertThat(
            failed.execute(
                "convert",
                hostile.toString(),
                temp.resolve("model").toString(),
                "--tokenizer",
                OracleFiles.path("tiny-tokenizer.json").toString()))
        .isEqualTo(1);
    assertThat(failed.err()).contains("x.pth").contains("no .pth").doesNotContain("\tat ");
    assertThat(failed.out()).isEmpty();
    assertThat(temp.resolve("model")).doesNotExist();
  }

  @Test
  void inspectNamesWhatIsMissing() {
    CommandRun inspect = new CommandRun();
    assertThat(inspect.execute("inspect", temp.toString())).isEqualTo(1);
    assertThat(inspect.err()).contains("config.json: no such file");
  }
}
