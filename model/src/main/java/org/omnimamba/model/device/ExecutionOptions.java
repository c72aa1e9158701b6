package org.omnimamba.model.device;

/**
 * How functions are executed.
 *
 * @param device where variables live and functions run
 * @param compile whether a function is compiled by XLA as one cluster; otherwise its operations run
 *     one by one
 * @param threads threads that share one operation on the CPU; 0 takes one per processor
 * @param devices how many devices of the kind hold copies of the variables, for functions that run
 *     on all of them; 1 as a rule. CPUs are the same processors under several names, to try such
 *     functions where there is no GPU
 */
public record ExecutionOptions(Device device, boolean compile, int threads, int devices) {

  private static final int MOST_COMPILE_THREADS = 8;

  /** Kinds of device. */
  public enum Device {
    CPU,
    /** Accelerators, the first one as a rule; a program does not start without one. */
    GPU
  }

  public ExecutionOptions {
    if (threads < 0) {
      throw new IllegalArgumentException("threads must not be negative, is " + threads);
    }
    if (devices < 1) {
      throw new IllegalArgumentException("devices must be at least 1, is " + devices);
    }
  }

  /** On one device. */
  public ExecutionOptions(Device device, boolean compile, int threads) {
    this(device, compile, threads, 1);
  }

  /** Compiled, on the CPU, one thread per processor. */
  public static ExecutionOptions cpu() {
    return new ExecutionOptions(Device.CPU, true, 0);
  }

  /**
   * Functions that are worth compiling side by side. For an accelerator, XLA compiles each mostly
   * with one thread; for the CPU it takes all processors for each, and memory that adds up.
   */
  public int compileThreads() {
    return device == Device.CPU
        ? 1
        : Math.min(MOST_COMPILE_THREADS, Runtime.getRuntime().availableProcessors());
  }

  public ExecutionOptions withCompile(boolean value) {
    return new ExecutionOptions(device, value, threads, devices);
  }

  public ExecutionOptions withThreads(int value) {
    return new ExecutionOptions(device, compile, value, devices);
  }

  public ExecutionOptions withDevices(int value) {
    return new ExecutionOptions(device, compile, threads, value);
  }
}
