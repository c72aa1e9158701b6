package org.omnimamba.rehearsal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The parts of a cluster that services meet: probes, endpoints and names that follow readiness a
 * second late, restarts, and rolling updates.
 */
final class Cluster implements AutoCloseable {
  private static final String DOMAIN = ".default.svc.cluster.local";

  /** What short names are completed with. */
  static final List<String> SEARCH =
      List.of("default.svc.cluster.local", "svc.cluster.local", "cluster.local");

  private final Network network;
  private final NameServer names;
  private final Sandbox sandbox;
  private final Map<String, Image> images;
  private final Path logs;
  private final List<Chart.Service> services;
  private final Map<String, String> addresses = new LinkedHashMap<>();
  private final List<Pod> pods = new CopyOnWriteArrayList<>();
  private final boolean restart;
  private final Thread agent;
  private volatile boolean closed;
  private int created;

  /**
   * @param images by name of the service's module
   * @param services whose names and addresses are kept up to date
   * @param restart whether processes that end or fail their liveness are started again
   */
  Cluster(
      Network network,
      NameServer names,
      Sandbox sandbox,
      Map<String, Image> images,
      Path logs,
      List<Chart.Service> services,
      boolean restart)
      throws IOException {
    this.network = network;
    this.names = names;
    this.sandbox = sandbox;
    this.images = images;
    this.logs = Files.createDirectories(logs);
    this.services = services;
    this.restart = restart;
    for (Chart.Service service : services) {
      if (!service.headless()) {
        addresses.put(service.name(), network.addService());
      }
    }
    publish();
    agent = new Thread(this::work, "node-agent");
    agent.setDaemon(true);
    agent.start();
  }

  /** Address of a service inside of the cluster. */
  String address(String service) {
    return java.util.Objects.requireNonNull(addresses.get(service), service);
  }

  /** Starts all replicas of a workload; does not wait for them. */
  void start(Container container) throws IOException {
    for (int i = 0; i < container.replicas(); i++) {
      add(container, i);
    }
  }

  /** Starts one more replica. */
  Pod add(Container container, int index) throws IOException {
    created++;
    String name =
        Chart.RELEASE
            + "-"
            + container.name()
            + "-"
            + (container.stable() ? index : created + 1000);
    Image image =
        java.util.Objects.requireNonNull(images.get(container.service()), container.service());
    Pod pod = new Pod(name, container, network.addHost(container.name()), sandbox, image, logs);
    pods.add(pod);
    return pod;
  }

  /** Replicas of a workload that are not being taken away. */
  List<Pod> pods(String component) {
    return pods.stream()
        .filter(pod -> pod.container.name().equals(component) && !pod.isTerminating())
        .toList();
  }

  List<Pod> all() {
    return pods;
  }

  /** Waits until all replicas of the workload are ready. */
  void awaitReady(String component, Duration limit) throws InterruptedException {
    Wait.until(
        component + " is ready",
        limit,
        () -> {
          List<Pod> replicas = pods(component);
          return !replicas.isEmpty() && replicas.stream().allMatch(Pod::isReady);
        });
  }

  /** Takes a replica away: first its address, then its process. Whether it ended by itself. */
  boolean remove(Pod pod) throws InterruptedException {
    pod.markTerminating();
    boolean ended = pod.terminate();
    pods.remove(pod);
    return ended;
  }

  /**
   * Replaces every replica, one at a time, as a rolling update does: a Deployment adds one first, a
   * StatefulSet takes one away first.
   */
  void roll(String component, Duration limit) throws IOException, InterruptedException {
    List<Pod> old = pods(component);
    for (int i = old.size() - 1; i >= 0; i--) {
      Pod pod = old.get(i);
      if (pod.container.stable()) {
        remove(pod);
        add(pod.container, i);
      } else {
        add(pod.container, i);
        awaitReady(component, limit);
        remove(pod);
      }
      awaitReady(component, limit);
    }
  }

  private void work() {
    while (!closed) {
      try {
        for (Pod pod : pods) {
          pod.look(restart);
        }
        Thread.sleep(500);
        publish();
        Thread.sleep(500);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private synchronized void publish() {
    for (Chart.Service service : services) {
      List<Pod> replicas =
          pods.stream().filter(pod -> pod.container.name().equals(service.component())).toList();
      List<Pod> ready =
          replicas.stream().filter(pod -> pod.isReady() && !pod.isTerminating()).toList();
      String address = addresses.get(service.name());
      if (address == null) {
        publishHeadless(service, service.unready() ? replicas : ready, replicas);
        continue;
      }
      names.put(service.name() + DOMAIN, List.of(address));
      service
          .ports()
          .forEach(
              (port, target) ->
                  network.setEndpoints(
                      address, port, ready.stream().map(pod -> pod.address(target)).toList()));
    }
  }

  private void publishHeadless(Chart.Service service, List<Pod> published, List<Pod> replicas) {
    List<String> all = new ArrayList<>();
    for (Pod pod : replicas) {
      String own = pod.name + "." + service.name() + DOMAIN;
      if (published.contains(pod)) {
        all.add(pod.host.address());
        names.put(own, List.of(pod.host.address()));
      } else {
        names.remove(own);
      }
    }
    names.put(service.name() + DOMAIN, all);
  }

  /** Ends every process of it. */
  @Override
  public void close() throws InterruptedException {
    closed = true;
    agent.interrupt();
    agent.join();
    for (Pod pod : pods) {
      pod.process().signal("KILL");
    }
    for (Pod pod : pods) {
      pod.process().await(10);
    }
  }
}
