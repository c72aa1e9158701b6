package org.omnimamba.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.omnimamba.model.checkpoint.CheckpointConverter;
import org.omnimamba.model.checkpoint.ConversionOptions;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.text.TokenizerDefinitions;

/**
 * How much memory a conversion takes. Writes a {@code .pth} with the names and shapes of a released
 * model, converts it in a JVM of its own, and prints that JVM's largest resident memory beside the
 * size of the checkpoint. Needs 20 GB of disk for the 1.3B model; deletes what it wrote. Linux
 * only.
 *
 * <p>Arguments: {@code 1.3b|l} (default 1.3b), {@code f32|bf16} (default f32), a directory for the
 * files (default: the system's temporary one), then options of the converting JVM.
 */
public final class ConversionMemory {
  private static final long SAMPLE_MILLIS = 50;

  /** What the child does instead; the arguments that follow are its own. */
  private static final String CHILD = "--child";

  private ConversionMemory() {}

  public static void main(String[] args) throws Exception {
    if (args.length == 4 && args[0].equals(CHILD)) {
      ConversionOptions options = ConversionOptions.defaults().withDtype(Dtype.valueOf(args[3]));
      CheckpointConverter.convert(Path.of(args[1]), Path.of(args[2]), options);
      // /proc is gone with the process, so the peak is told by the process itself
      System.out.println(ProcessMemory.bytes(ProcessHandle.current().pid(), "VmHWM"));
      return;
    }
    List<String> given = List.of(args);
    ModelConfig config = config(given.isEmpty() ? "1.3b" : given.get(0));
    Dtype dtype = Dtype.valueOf((given.size() < 2 ? "f32" : given.get(1)).toUpperCase(Locale.ROOT));
    Path parent = Path.of(given.size() < 3 ? System.getProperty("java.io.tmpdir") : given.get(2));
    List<String> jvmOptions = given.size() < 4 ? List.of() : given.subList(3, given.size());
    Path directory = Files.createTempDirectory(parent, "conversion-memory-");
    try {
      measure(config, dtype, directory, jvmOptions);
    } finally {
      Directories.delete(directory);
    }
  }

  private static ModelConfig config(String name) {
    return switch (name) {
      case "1.3b" -> ModelPresets.omniMamba1_3B();
      case "l" -> ModelPresets.omniMambaL();
      default -> throw new IllegalArgumentException("a model is 1.3b or l, not " + name);
    };
  }

  private static void measure(
      ModelConfig config, Dtype dtype, Path directory, List<String> jvmOptions) throws Exception {
    Path checkpoint = directory.resolve("synthetic.pth");
    SyntheticCheckpoint.write(checkpoint, config);
    Files.writeString(directory.resolve("tokenizer.json"), TokenizerDefinitions.bytesOnly(config));
    Path out = directory.resolve("model");

    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), ConversionMemory.class.getName()));
    command.addAll(List.of(CHILD, checkpoint.toString(), out.toString(), dtype.name()));
    File result = directory.resolve("result").toFile();
    long start = System.nanoTime();
    Process child =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(result)
            .start();
    long anonymous = 0;
    do {
      anonymous = Math.max(anonymous, ProcessMemory.bytes(child.pid(), "RssAnon"));
    } while (!child.waitFor(SAMPLE_MILLIS, TimeUnit.MILLISECONDS));
    double seconds = (System.nanoTime() - start) / 1e9;
    if (child.exitValue() != 0) {
      throw new IllegalStateException("the conversion ended with " + child.exitValue());
    }
    long peak = Long.parseLong(Files.readString(result.toPath()).strip());
    report(config, dtype, Files.size(checkpoint), size(out), seconds, peak, anonymous);
  }

  private static void report(
      ModelConfig config,
      Dtype dtype,
      long checkpointBytes,
      long modelBytes,
      double seconds,
      long peak,
      long anonymous) {
    System.out.printf(
        Locale.ROOT,
        "%s to %s%n"
            + "checkpoint                %14d bytes%n"
            + "model directory           %14d bytes%n"
            + "time                      %14.1f s%n"
            + "peak resident (VmHWM)     %14d bytes, %.3f of the checkpoint%n"
            + "of it anonymous (sampled) %14d bytes%n",
        config.name(),
        dtype,
        checkpointBytes,
        modelBytes,
        seconds,
        peak,
        (double) peak / checkpointBytes,
        anonymous);
  }

  private static long size(Path directory) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }
}
