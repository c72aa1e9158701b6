package org.omnimamba.rehearsal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Hosts and virtual service addresses inside of the launcher's network namespace.
 *
 * <p>Each host is joined by a cable of its own and reaches the others through this namespace, as
 * pods do through their node. A service address is translated to one of its endpoints for each
 * connection; a service without endpoints refuses connections. Existing connections outlive changes
 * of the endpoints.
 */
final class Network {
  /** Address of the rehearsal itself: clients, the name server and receivers are here. */
  static final String OWN_ADDRESS = "10.77.255.1";

  private static final String LINK = "169.254.0.1";

  private final Map<String, List<String>> endpoints = new LinkedHashMap<>();
  private int hosts;
  private int services;

  private Network() {}

  /** Prepares routes and translation tables in this namespace. */
  static Network create() {
    Shell.run("mount", "-t", "tmpfs", "tmpfs", "/run");
    Shell.run("ip", "link", "set", "lo", "up");
    try {
      Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Shell.run("ip", "addr", "add", OWN_ADDRESS + "/32", "dev", "lo");
    // service addresses need a route, although none of their packets ever leaves by it
    Shell.run("ip", "netns", "add", "void");
    Shell.run("ip", "link", "add", "svc0", "type", "veth", "peer", "name", "eth0", "netns", "void");
    Shell.run("ip", "link", "set", "svc0", "up");
    Shell.run("ip", "-n", "void", "link", "set", "eth0", "up");
    Shell.run("ip", "route", "add", "10.78.0.0/16", "dev", "svc0", "src", OWN_ADDRESS);
    Network network = new Network();
    restore(
        """
        *nat
        :SERVICES - [0:0]
        -A PREROUTING -j SERVICES
        -A OUTPUT -j SERVICES
        COMMIT
        *filter
        :CUT - [0:0]
        :EMPTY - [0:0]
        -A FORWARD -j CUT
        -A INPUT -j CUT
        -A OUTPUT -j CUT
        -A FORWARD -j EMPTY
        -A OUTPUT -j EMPTY
        COMMIT
        """);
    return network;
  }

  /** A new host. */
  synchronized Host addHost(String name) {
    hosts++;
    String address = "10.77." + hosts / 250 + "." + (hosts % 250 + 1);
    String unique = name + "-" + hosts;
    String cable = "v" + hosts;
    Shell.run("ip", "netns", "add", unique);
    Shell.run("ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", unique);
    Shell.run("ip", "link", "set", cable, "up");
    Shell.run("ip", "addr", "add", LINK + "/32", "dev", cable);
    Shell.run("ip", "route", "add", address + "/32", "dev", cable, "src", OWN_ADDRESS);
    Shell.run("ip", "-n", unique, "link", "set", "lo", "up");
    Shell.run("ip", "-n", unique, "link", "set", "eth0", "up");
    Shell.run("ip", "-n", unique, "addr", "add", address + "/32", "dev", "eth0");
    Shell.run("ip", "-n", unique, "route", "add", LINK, "dev", "eth0");
    Shell.run("ip", "-n", unique, "route", "add", "default", "via", LINK);
    return new Host(unique, address);
  }

  /** A new virtual address, without endpoints. */
  synchronized String addService() {
    services++;
    return "10.78.0." + services;
  }

  /**
   * Says where new connections to a port of a service go.
   *
   * @param backends {@code address:port} of each endpoint; none refuses connections
   */
  synchronized void setEndpoints(String service, int port, List<String> backends) {
    if (backends.equals(endpoints.put(service + " " + port, List.copyOf(backends)))) {
      return;
    }
    StringBuilder nat = new StringBuilder("*nat\n:SERVICES - [0:0]\n-F SERVICES\n");
    StringBuilder filter = new StringBuilder("*filter\n:EMPTY - [0:0]\n-F EMPTY\n");
    endpoints.forEach(
        (key, targets) -> {
          String match = " -d " + key.replace(" ", " -p tcp --dport ") + " ";
          for (int i = 0; i < targets.size(); i++) {
            int left = targets.size() - i;
            nat.append("-A SERVICES").append(match);
            if (left > 1) {
              nat.append("-m statistic --mode random --probability ")
                  .append(String.format(Locale.ROOT, "%.5f ", 1.0 / left));
            }
            nat.append("-j DNAT --to-destination ").append(targets.get(i)).append('\n');
          }
          if (targets.isEmpty()) {
            filter.append("-A EMPTY").append(match).append("-j REJECT --reject-with tcp-reset\n");
          }
        });
    restore(nat + "COMMIT\n" + filter + "COMMIT\n");
  }

  /** From now on every packet from and to the host is dropped, without an answer. */
  void cut(Host host) {
    Shell.run("iptables", "-A", "CUT", "-s", host.address(), "-j", "DROP");
    Shell.run("iptables", "-A", "CUT", "-d", host.address(), "-j", "DROP");
  }

  /** Ends what {@link #cut} began. */
  void mend(Host host) {
    Shell.run("iptables", "-D", "CUT", "-s", host.address(), "-j", "DROP");
    Shell.run("iptables", "-D", "CUT", "-d", host.address(), "-j", "DROP");
  }

  private static void restore(String rules) {
    Shell.run(rules, List.of("iptables-restore", "--noflush"));
  }
}
