package org.omnimamba.rehearsal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a container runtime gives a process: a read-only root with the image's files, the declared
 * folders writable and empty, the image's user without capabilities, its own process numbers, and
 * exactly the declared environment.
 */
final class Sandbox {
  private static final String USER = "10001";

  private final Path etc;

  /**
   * @param work folder for the files of {@code /etc}
   * @param searchDomains what the resolver appends to short names
   */
  Sandbox(Path work, List<String> searchDomains) throws IOException {
    etc = Files.createDirectories(work.resolve("etc"));
    Files.writeString(
        etc.resolve("resolv.conf"),
        "nameserver "
            + Network.OWN_ADDRESS
            + "\nsearch "
            + String.join(" ", searchDomains)
            + "\noptions ndots:5 timeout:1\n");
    Files.writeString(etc.resolve("hosts"), "127.0.0.1 localhost\n");
    Files.writeString(etc.resolve("nsswitch.conf"), "hosts: files dns\n");
    Files.writeString(
        etc.resolve("passwd"),
        "root:x:0:0::/root:/bin/sh\nomnimamba:x:10001:10001::/home/omnimamba:/bin/sh\n");
    Files.writeString(etc.resolve("group"), "root:x:0:\nomnimamba:x:10001:\n");
  }

  /**
   * Starts a container on a host.
   *
   * @param hostname the name of the machine, as a pod has it
   * @param log file for its output, appended to
   */
  RunningContainer start(Host host, String hostname, Container container, Image image, Path log)
      throws IOException {
    List<String> command = new ArrayList<>(onHost(host, USER));
    command.addAll(
        List.of(
            "bwrap",
            "--die-with-parent",
            "--unshare-user",
            "--unshare-pid",
            "--unshare-uts",
            "--unshare-ipc",
            "--as-pid-1",
            "--uid",
            USER,
            "--gid",
            USER,
            "--hostname",
            hostname,
            "--cap-drop",
            "ALL",
            "--clearenv",
            "--ro-bind",
            "/usr",
            "/usr"));
    for (String folder : List.of("bin", "sbin", "lib", "lib64")) {
      Path path = Path.of("/", folder);
      if (Files.isSymbolicLink(path)) {
        command.addAll(List.of("--symlink", Files.readSymbolicLink(path).toString(), "/" + folder));
      } else if (Files.exists(path)) {
        command.addAll(List.of("--ro-bind", "/" + folder, "/" + folder));
      }
    }
    bindEtc(command);
    String java = Java.home().toString();
    if (!java.startsWith("/usr/")) {
      command.addAll(List.of("--ro-bind", java, java));
    }
    command.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
    // the image's own programs come into a folder that the system's files leave read-only
    command.addAll(List.of("--tmpfs", "/usr/local/bin"));
    image
        .files()
        .forEach((place, source) -> command.addAll(List.of("--ro-bind", source.toString(), place)));
    container
        .mounts()
        .forEach((place, source) -> command.addAll(List.of("--ro-bind", source.toString(), place)));
    for (String folder : container.writable()) {
      command.addAll(List.of("--tmpfs", folder));
    }
    command.addAll(List.of("--remount-ro", "/", "--chdir", "/app"));
    environment(container, image, hostname)
        .forEach((name, value) -> command.addAll(List.of("--setenv", name, value)));
    command.addAll(Java.known(image.command()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    return new RunningContainer(process, log);
  }

  /** Words before a command that run it on the host as an unprivileged user, given by number. */
  static List<String> onHost(Host host, String user) {
    List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", host.name()));
    if (mayChangeUser()) {
      words.addAll(
          List.of("setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs"));
    }
    return words;
  }

  /** Whether the image's user exists outside; in a user's own namespace it does not. */
  static boolean mayChangeUser() {
    try {
      return Files.readString(Path.of("/proc/self/uid_map")).strip().endsWith("4294967295");
    } catch (IOException e) {
      return false;
    }
  }

  private void bindEtc(List<String> command) throws IOException {
    for (String file : List.of("resolv.conf", "hosts", "nsswitch.conf", "passwd", "group")) {
      command.addAll(List.of("--ro-bind", etc.resolve(file).toString(), "/etc/" + file));
    }
    try (Stream<Path> files = Files.list(Path.of("/etc"))) {
      files
          .map(Path::toString)
          .filter(
              file ->
                  file.startsWith("/etc/java")
                      || List.of("/etc/ssl", "/etc/alternatives", "/etc/ld.so.cache")
                          .contains(file))
          .forEach(file -> command.addAll(List.of("--ro-bind", file, file)));
    }
  }

  private static Map<String, String> environment(
      Container container, Image image, String hostname) {
    Map<String, String> environment = new TreeMap<>(Java.known(image.environment()));
    environment.put("PATH", Java.home() + "/bin:/usr/local/bin:/usr/bin:/bin");
    environment.put("HOME", "/home/omnimamba");
    environment.put("HOSTNAME", hostname);
    environment.putAll(container.environment());
    if (container.memoryBytes() > 0) {
      // what a memory limit tells the virtual machine
      environment.merge(
          "OMNIMAMBA_JAVA_OPTS", "-XX:MaxRAM=" + container.memoryBytes(), (a, b) -> a + " " + b);
    }
    return environment;
  }
}
