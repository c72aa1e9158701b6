package org.omnimamba.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.checkpoint.RandomModel;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.runtime.RuntimeOptions;

/**
 * How much host memory loading OmniMamba-1.3B takes on the CPU. Writes a float32 model directory of
 * the real size with random weights, loads it in a JVM of its own with the smallest number of
 * slots, and prints that JVM's largest resident memory beside the size of the weights. Needs 10 GB
 * of disk and as much memory; deletes what it wrote. Linux only.
 *
 * <p>Argument: a directory for the files (default: the system's temporary one).
 */
public final class LoadMemory {
  private static final String CHILD = "--child";
  private static final int SLOTS = 1;

  private LoadMemory() {}

  public static void main(String[] args) throws Exception {
    if (args.length == 2 && args[0].equals(CHILD)) {
      load(Path.of(args[1]));
      return;
    }
    Path parent = Path.of(args.length == 0 ? System.getProperty("java.io.tmpdir") : args[0]);
    Path directory = Files.createTempDirectory(parent, "load-memory-");
    try {
      Path model = directory.resolve("model");
      RandomModel.write(model, ModelPresets.omniMamba1_3B(), 1);
      List<String> command =
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx512m",
              "-Dorg.bytedeco.javacpp.maxBytes=0",
              "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
              "-cp",
              System.getProperty("java.class.path"),
              LoadMemory.class.getName(),
              CHILD,
              model.toString());
      Process child = new ProcessBuilder(command).inheritIO().start();
      if (child.waitFor() != 0) {
        throw new IllegalStateException("loading ended with " + child.exitValue());
      }
    } finally {
      Directories.delete(directory);
    }
  }

  private static void load(Path model) throws IOException {
    long start = System.nanoTime();
    try (OmniMamba loaded = OmniMamba.load(model, RuntimeOptions.cpu().withSlots(SLOTS))) {
      double seconds = (System.nanoTime() - start) / 1e9;
      long peak = ProcessMemory.bytes(ProcessHandle.current().pid(), "VmHWM");
      long weights = weightBytes(model);
      System.out.printf(
          Locale.ROOT,
          "weights %d bytes, peak resident %d bytes (%.3f of the weights), %.1f s, %d slot(s)%n",
          weights,
          peak,
          (double) peak / weights,
          seconds,
          loaded.language().slots());
    }
  }

  private static long weightBytes(Path model) throws IOException {
    try (Stream<Path> files = Files.list(model)) {
      return files
          .filter(file -> file.toString().endsWith(".safetensors"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }
}
