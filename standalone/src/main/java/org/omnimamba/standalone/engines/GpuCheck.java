package org.omnimamba.standalone.engines;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import org.omnimamba.model.device.DeviceProgram;

/** Finds out whether TensorFlow can use a GPU, in a process that takes memory of it and ends. */
public final class GpuCheck {
  private GpuCheck() {}

  /** Its status is 0 if TensorFlow has a GPU. */
  public static void main(String[] args) {
    System.exit(DeviceProgram.hasGpu(1) ? 0 : 1);
  }

  /** Whether TensorFlow can use this one. */
  public static boolean works(EngineDevice gpu) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(EngineCommand.of(GpuCheck.class, 1))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD);
    if (gpu.cuda() != null) {
      builder.environment().put(VisibleGpus.VARIABLE, gpu.cuda());
    }
    Process process = builder.start();
    try {
      return process.waitFor() == 0;
    } finally {
      process.destroyForcibly();
    }
  }
}
