package org.omnimamba.rehearsal;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How compose or the chart wants a service to run.
 *
 * @param name its name there: gateway, jobs or inference
 * @param replicas how many of it
 * @param stable whether each replica keeps its name (a StatefulSet)
 * @param environment all variables, secrets filled in
 * @param ports port numbers by name ({@code http}, {@code management})
 * @param writable folders that may be written to
 * @param mounts read-only folders of this machine by their place in the container
 * @param memoryBytes the limit; 0 for none
 * @param graceSeconds time from SIGTERM to SIGKILL
 * @param preStopSeconds time from the removal of a replica's address to SIGTERM
 * @param startup until it succeeds the others wait
 * @param liveness restarts a replica
 * @param readiness takes a replica's address away
 */
record Container(
    String name,
    int replicas,
    boolean stable,
    Map<String, String> environment,
    Map<String, Integer> ports,
    List<String> writable,
    Map<String, Path> mounts,
    long memoryBytes,
    int graceSeconds,
    int preStopSeconds,
    @Nullable Probe startup,
    @Nullable Probe liveness,
    Probe readiness) {

  /** The module whose jar it runs. */
  String service() {
    return switch (name) {
      case "gateway" -> "gateway-service";
      case "jobs" -> "job-service";
      case "inference" -> "inference-service";
      default -> throw new IllegalStateException("an unknown container: " + name);
    };
  }

  int port(String portName) {
    Integer port = ports.get(portName);
    if (port == null) {
      throw new IllegalStateException(name + " has no port named " + portName);
    }
    return port;
  }

  /** The same with other settings. */
  Container with(Map<String, String> settings) {
    Map<String, String> all = new TreeMap<>(environment);
    all.putAll(settings);
    return copy(replicas, all);
  }

  /** The same with these settings and no others. */
  Container only(Map<String, String> settings) {
    return copy(replicas, settings);
  }

  /** The same with another number of replicas. */
  Container times(int number) {
    return copy(number, environment);
  }

  /** The same, started again only when its process has ended. */
  Container withoutLiveness() {
    return new Container(
        name,
        replicas,
        stable,
        environment,
        ports,
        writable,
        mounts,
        memoryBytes,
        graceSeconds,
        preStopSeconds,
        null,
        null,
        readiness);
  }

  private Container copy(int number, Map<String, String> settings) {
    return new Container(
        name,
        number,
        stable,
        settings,
        ports,
        writable,
        mounts,
        memoryBytes,
        graceSeconds,
        preStopSeconds,
        startup,
        liveness,
        readiness);
  }

  /** An HTTP probe, in seconds. */
  record Probe(String path, int port, int period, int timeout, int failures) {}
}
