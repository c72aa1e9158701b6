package org.omnimamba.benchmarks;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of this module as processes of their own, with the JVM and class path of this one. */
public final class ChildProgram {
  private ChildProgram() {}

  /** The command that starts a program; its arguments are added to the list. */
  public static List<String> command(Class<?> main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    // tensors live outside the heap; JavaCPP's own ceiling is a multiple of the heap's
    command.add("-Dorg.bytedeco.javacpp.maxBytes=0");
    command.add("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(main.getName());
    return command;
  }
}
