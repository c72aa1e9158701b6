package org.omnimamba.rehearsal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A process in its sandbox. */
final class RunningContainer {
  private final Process process;
  private final Path log;

  RunningContainer(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  Path log() {
    return log;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for the end; the exit status, or empty if it still runs then. */
  Optional<Integer> await(int seconds) throws InterruptedException {
    return process.waitFor(seconds, TimeUnit.SECONDS)
        ? Optional.of(process.exitValue())
        : Optional.empty();
  }

  /** Sends a signal, such as TERM, KILL, STOP or CONT, to the service itself. */
  void signal(String name) {
    service().ifPresent(service -> Shell.run("kill", "-" + name, Long.toString(service.pid())));
  }

  /** The most memory that the process ever had, in bytes; 0 if it has ended. */
  long peakMemory() {
    return service().map(RunningContainer::peak).orElse(0L);
  }

  /** The processor time that the process has used, in milliseconds; 0 if it has ended. */
  long processorMillis() {
    return service()
        .flatMap(service -> service.info().totalCpuDuration())
        .map(Duration::toMillis)
        .orElse(0L);
  }

  /** The sandbox's own process is the parent of the service, which is process 1 inside. */
  private Optional<ProcessHandle> service() {
    return process
        .descendants()
        .filter(child -> child.children().findAny().isEmpty())
        .filter(ProcessHandle::isAlive)
        .findFirst();
  }

  private static long peak(ProcessHandle service) {
    try {
      return Files.readAllLines(Path.of("/proc/" + service.pid() + "/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
