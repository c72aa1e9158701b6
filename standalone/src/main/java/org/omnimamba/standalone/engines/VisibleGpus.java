package org.omnimamba.standalone.engines;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The GPUs that a process sees, in CUDA's order: those that {@code CUDA_VISIBLE_DEVICES} names, or
 * all that the driver has. Asking touches no GPU: a process that lists them through CUDA takes
 * memory on each.
 *
 * @param names of each what {@code CUDA_VISIBLE_DEVICES} calls it
 */
public record VisibleGpus(List<String> names) {
  /** Read by CUDA when a process first uses it. */
  static final String VARIABLE = "CUDA_VISIBLE_DEVICES";

  private static final int PATIENCE_SECONDS = 20;

  public VisibleGpus {
    names = List.copyOf(names);
  }

  /** Those that a process started here would see; none where nothing says that there are some. */
  public static VisibleGpus find() {
    return of(System.getenv(VARIABLE), VisibleGpus::countByDriver);
  }

  /**
   * As CUDA reads the variable: the first entry that names no GPU ends the list.
   *
   * @param variable its value, or null where it is not set
   * @param driver how many GPUs there are, if that is known
   */
  static VisibleGpus of(@Nullable String variable, Supplier<OptionalInt> driver) {
    if (variable == null) {
      return new VisibleGpus(
          IntStream.range(0, driver.get().orElse(0)).mapToObj(Integer::toString).toList());
    }
    List<String> names = new ArrayList<>();
    OptionalInt known = variable.isBlank() ? OptionalInt.empty() : driver.get();
    for (String entry : variable.split(",")) {
      String name = entry.strip();
      boolean isNumber = name.matches("\\d{1,6}");
      boolean exists =
          isNumber
              ? Integer.parseInt(name) < known.orElse(Integer.MAX_VALUE)
              : name.startsWith("GPU-") || name.startsWith("MIG-");
      if (!exists || names.contains(name)) {
        break;
      }
      names.add(name);
    }
    return new VisibleGpus(names);
  }

  private static OptionalInt countByDriver() {
    return count("nvidia-smi", "--query-gpu=index", "--format=csv,noheader");
  }

  /** The numbers that a program prints, one on each line; empty where it does not work. */
  static OptionalInt count(String... program) {
    Process process;
    try {
      process = new ProcessBuilder(program).redirectError(Redirect.DISCARD).start();
    } catch (IOException e) {
      return OptionalInt.empty();
    }
    // a driver in trouble may never answer
    process
        .onExit()
        .orTimeout(PATIENCE_SECONDS, SECONDS)
        .exceptionally(late -> process.destroyForcibly());
    try (var output = process.inputReader(StandardCharsets.UTF_8)) {
      int numbers = (int) output.lines().filter(line -> line.matches("\\d+")).count();
      return process.waitFor() == 0 ? OptionalInt.of(numbers) : OptionalInt.empty();
    } catch (IOException | UncheckedIOException e) {
      return OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }

  /** The engine's device for one of them. */
  public EngineDevice device(int number) {
    return new EngineDevice(number, names.get(number));
  }

  /** How many there are. */
  public int count() {
    return names.size();
  }
}
