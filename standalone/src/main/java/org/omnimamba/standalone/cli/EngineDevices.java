package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.DeviceChoice;
import org.omnimamba.standalone.engines.EngineDevice;
import org.omnimamba.standalone.engines.GpuCheck;
import org.omnimamba.standalone.engines.VisibleGpus;

/** What {@code --devices} chooses: which of the GPUs get an engine. */
final class EngineDevices {
  private static final String OPTION = "--devices ";
  private static final String ALL = "all";

  /** To try several engines takes fewer. */
  private static final int MOST_ON_CPU = 16;

  private EngineDevices() {}

  /** Whether TensorFlow can use a GPU. */
  interface Check {
    boolean works(EngineDevice gpu) throws IOException, InterruptedException;
  }

  /**
   * The engines that need processes of their own: none where one engine in this process will do.
   *
   * @param device kind of device
   * @param wanted {@code all}, numbers with commas between them, or null where nothing was said
   * @throws IllegalArgumentException if there is no such device, or one is named twice; says which
   *     there are
   */
  static List<EngineDevice> choose(DeviceChoice device, @Nullable String wanted)
      throws IOException, InterruptedException {
    VisibleGpus gpus = device == DeviceChoice.CPU ? new VisibleGpus(List.of()) : VisibleGpus.find();
    return choose(device, wanted, gpus, GpuCheck::works);
  }

  static List<EngineDevice> choose(
      DeviceChoice device, @Nullable String wanted, VisibleGpus gpus, Check check)
      throws IOException, InterruptedException {
    String named = wanted == null || wanted.equalsIgnoreCase(ALL) ? null : wanted;
    if (device == DeviceChoice.CPU) {
      List<Integer> chosen =
          named == null
              ? List.of()
              : numbers(named, MOST_ON_CPU, "on the CPU there may be 0 to " + (MOST_ON_CPU - 1));
      return chosen.size() < 2 ? List.of() : chosen.stream().map(EngineDevice::cpu).toList();
    }
    if (named != null && gpus.count() == 0) {
      throw new IllegalArgumentException(
          OPTION
              + named
              + " names GPUs, and none is visible (to nvidia-smi, or by CUDA_VISIBLE_DEVICES);"
              + " with --device cpu it starts as many engines on the CPU");
    }
    List<Integer> chosen =
        named == null
            ? IntStream.range(0, gpus.count()).boxed().toList()
            : numbers(named, gpus.count(), visible(gpus.count()));
    if (gpus.count() < 2) {
      return List.of();
    }
    List<EngineDevice> engines = chosen.stream().map(gpus::device).toList();
    // where nothing was said TensorFlow decides; numbers mean GPUs
    boolean undecided = device == DeviceChoice.AUTO && wanted == null;
    return undecided && !check.works(engines.get(0)) ? List.of() : engines;
  }

  /** The numbers of a text, all of them below the count. */
  private static List<Integer> numbers(String text, int count, String there) {
    List<Integer> numbers = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String number = part.strip();
      String wrong;
      if (!number.matches("\\d{1,6}")) {
        wrong = "'" + number + "' is not a number";
      } else if (Integer.parseInt(number) >= count) {
        wrong = "there is no " + number;
      } else if (numbers.contains(Integer.parseInt(number))) {
        wrong = number + " stands there twice";
      } else {
        numbers.add(Integer.parseInt(number));
        continue;
      }
      throw new IllegalArgumentException(OPTION + text + ": " + wrong + "; " + there);
    }
    return numbers;
  }

  private static String visible(int count) {
    return count == 1 ? "visible is 0 alone" : "visible are 0 to " + (count - 1);
  }
}
