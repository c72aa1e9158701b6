package org.omnimamba.model.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.omnimamba.model.checkpoint.CheckpointConverter;
import org.omnimamba.model.checkpoint.ConversionOptions;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.config.ConfigReader;
import org.omnimamba.model.config.ModelConfig;

/** Model directories of the oracle's tiny model, converted from its {@code .pth} once per JVM. */
public final class TinyModel {
  private TinyModel() {}

  /** The model in float32. */
  public static Path directory() {
    return Float32.DIRECTORY;
  }

  /** The model whose weights were rounded to bfloat16; stored as float32. */
  public static Path bfloat16Directory() {
    return Bfloat16.DIRECTORY;
  }

  /** The model with int8 weights. */
  public static Path int8Directory() {
    return Int8.DIRECTORY;
  }

  /** Options that convert the tiny model. */
  public static ConversionOptions conversion() {
    return ConversionOptions.defaults()
        .withConfig(OracleFiles.path("omnimamba-tiny.json"))
        .withTokenizer(OracleFiles.path("tiny-tokenizer.json"));
  }

  public static ModelConfig config() {
    return ConfigReader.read(directory().resolve("config.json"));
  }

  private static Path convert(String checkpoint, Dtype dtype) {
    try {
      Path parent = Files.createTempDirectory("tiny-model-");
      Path directory = parent.resolve("model");
      CheckpointConverter.convert(
          OracleFiles.path(checkpoint), directory, conversion().withDtype(dtype));
      deleteAtExit(parent, directory);
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Files are deleted in the reverse of this order. */
  private static void deleteAtExit(Path parent, Path directory) throws IOException {
    for (Path path : List.of(parent, directory)) {
      path.toFile().deleteOnExit();
    }
    try (Stream<Path> files = Files.list(directory)) {
      files.forEach(file -> file.toFile().deleteOnExit());
    }
  }

  private static final class Float32 {
    static final Path DIRECTORY = convert("omnimamba-tiny.pth", Dtype.F32);
  }

  private static final class Bfloat16 {
    static final Path DIRECTORY = convert("omnimamba-tiny-bf16.pth", Dtype.F32);
  }

  private static final class Int8 {
    static final Path DIRECTORY = convert("omnimamba-tiny.pth", Dtype.I8);
  }
}
