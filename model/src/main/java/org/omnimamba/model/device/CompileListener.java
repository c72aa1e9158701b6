package org.omnimamba.model.device;

/** Told of each function that {@link DeviceProgram#compileFor} has compiled. */
@FunctionalInterface
public interface CompileListener {

  /**
   * A function has been compiled and has run. Called by several threads.
   *
   * @param function its name in the program
   * @param nanos from the begin of its preparation to the end of its last run
   */
  void compiled(String function, long nanos);
}
