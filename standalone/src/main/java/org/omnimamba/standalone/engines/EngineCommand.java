package org.omnimamba.standalone.engines;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of an engine's process: this process's own, with its share of the machine.
 *
 * <p>The engines together may take as much heap as this process may, and all of its processors
 * between them. From heap and processors the service derives its other defaults.
 */
final class EngineCommand {
  /** States after pictures, bodies and pictures being decoded, at their smallest. */
  private static final long LEAST_HEAP = 768L << 20;

  /** Options of this process that its engines must not have as well. */
  private static final List<String> OWN =
      List.of(
          "-Xms",
          "-Xmx",
          "-XX:InitialHeapSize=",
          "-XX:MinHeapSize=",
          "-XX:MaxHeapSize=",
          "-XX:ActiveProcessorCount=",
          // a port can be opened once
          "-agentlib:jdwp",
          "-Xrunjdwp",
          "-Dcom.sun.management.jmxremote.port",
          // they log to this process
          "-Dlogging.config",
          "-Dlogback.configurationFile");

  private EngineCommand() {}

  /**
   * For one of several engines.
   *
   * @param program its main class
   */
  static List<String> of(Class<?> program, int engines) {
    Runtime machine = Runtime.getRuntime();
    return of(
        program,
        ManagementFactory.getRuntimeMXBean().getInputArguments(),
        machine.maxMemory(),
        machine.availableProcessors(),
        engines);
  }

  static List<String> of(
      Class<?> program, List<String> options, long heap, int processors, int engines) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    options.stream()
        .filter(option -> OWN.stream().noneMatch(option::startsWith))
        .forEach(command::add);
    long share = Math.max(heap / engines, Math.min(heap, LEAST_HEAP));
    command.add("-Xmx" + (share >> 20) + "m");
    command.add("-XX:ActiveProcessorCount=" + Math.max(1, processors / engines));
    command.add("-Dlogging.config=classpath:omnimamba-engine-logback.xml");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(program.getName());
    return command;
  }
}
