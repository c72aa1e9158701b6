package org.omnimamba.standalone.server;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs PostgreSQL's own programs on one data folder: {@code initdb}, {@code pg_ctl} and the
 * single-user mode. A failure says what the program said.
 *
 * <p>{@code pg_ctl} notices at once when a server that it starts exits, and gives it a session of
 * its own, so that a Ctrl-C in the terminal reaches this process alone.
 */
final class PostgresServer {
  static final String SUPERUSER = "postgres";

  private static final int START_SECONDS = 90;
  private static final int STOP_SECONDS = 30;
  private static final int LINES_OF_LOG = 12;

  private final PostgresBinaries binaries;
  private final Path data;
  private final Path log;
  private final List<String> asServer;

  /**
   * @param data the data folder, which need not exist yet
   * @param log file that the server's messages are appended to
   */
  PostgresServer(PostgresBinaries binaries, Path data, Path log) throws IOException {
    this.binaries = binaries;
    this.data = data;
    this.log = log;
    this.asServer = isRoot() ? asOrdinaryUser() : List.of();
  }

  /**
   * Makes an empty data folder with a password for the superuser, whole or not at all.
   *
   * @throws IOException with the reason that {@code initdb} gives
   */
  void initialise(String password) throws IOException {
    Path fresh = data.resolveSibling(data.getFileName() + ".new");
    PostgresBinaries.delete(fresh);
    Path passwordFile = Files.createTempFile(data.getParent(), "password", ".new");
    try {
      Files.writeString(passwordFile, password + "\n");
      run(
          "",
          binaries.program("initdb"),
          "-D",
          fresh.toString(),
          "-U",
          SUPERUSER,
          "--pwfile=" + passwordFile,
          "--auth=scram-sha-256",
          // PostgreSQL's own locale: the system need not have one
          "--encoding=UTF8",
          "--locale-provider=builtin",
          "--builtin-locale=C.UTF-8",
          "--locale=C",
          "--no-instructions");
    } finally {
      Files.deleteIfExists(passwordFile);
    }
    Files.move(fresh, data);
  }

  /**
   * Starts the server on a port of loopback and waits until it answers.
   *
   * @return its process
   * @throws IOException with the end of the server's log, as soon as the server has exited
   */
  ProcessHandle start(int port) throws IOException {
    long before = Files.exists(log) ? Files.size(log) : 0;
    try {
      run(
          "",
          binaries.program("pg_ctl"),
          "-D",
          data.toString(),
          "-l",
          log.toString(),
          "-w",
          "-t",
          Integer.toString(START_SECONDS),
          "-o",
          "-p "
              + port
              + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
              + " -c max_connections=100 -c fsync=on -c synchronous_commit=on",
          "start");
    } catch (IOException e) {
      String told = newLines(before);
      throw new IOException(
          "PostgreSQL did not start on the data in "
              + data
              + (told.isEmpty() ? "" : "; it says:\n" + told),
          e);
    }
    long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
    return ProcessHandle.of(pid)
        .orElseThrow(() -> new IOException("PostgreSQL exited as soon as it had started"));
  }

  /** Stops the server, if one runs: sessions are cut off, data is flushed. */
  void stop() throws IOException {
    if (Files.exists(data.resolve("postmaster.pid"))) {
      run(
          "",
          binaries.program("pg_ctl"),
          "-D",
          data.toString(),
          "-m",
          "fast",
          "-w",
          "-t",
          Integer.toString(STOP_SECONDS),
          "stop");
    }
  }

  /** Executes one statement while no server runs, which needs no password. */
  void executeAlone(String statement) throws IOException {
    run(
        statement + "\n",
        binaries.program("postgres"),
        "--single",
        "-D",
        data.toString(),
        SUPERUSER);
  }

  private String newLines(long from) throws IOException {
    if (!Files.exists(log)) {
      return "";
    }
    byte[] all = Files.readAllBytes(log);
    int begin = (int) Math.min(from, all.length);
    List<String> lines =
        new String(all, begin, all.length - begin, StandardCharsets.UTF_8).lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_OF_LOG), lines.size()));
  }

  private void run(String input, String... program) throws IOException {
    List<String> command = new ArrayList<>(asServer);
    command.addAll(List.of(program));
    Path output = Files.createTempFile("omnimamba-postgres", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      }
      if (!process.waitFor(START_SECONDS + STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(name(program) + " does not end");
      }
      if (process.exitValue() != 0) {
        throw new IOException(name(program) + " failed: " + reason(output));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + name(program) + " ran", e);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private static String reason(Path output) throws IOException {
    List<String> lines =
        Files.readAllLines(output).stream().filter(line -> !line.isBlank()).toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_OF_LOG), lines.size()));
  }

  private static String name(String... program) {
    return Path.of(program[0]).getFileName().toString();
  }

  private static boolean isRoot() {
    return ProcessHandle.current().info().user().orElse("").equals("root");
  }

  /** PostgreSQL refuses to run as root; in a user namespace of its own it is nobody. */
  private static List<String> asOrdinaryUser() throws IOException {
    List<String> words = List.of("unshare", "-U");
    List<String> trial = new ArrayList<>(words);
    trial.add("true");
    int status;
    try {
      status =
          new ProcessBuilder(trial)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
    } catch (IOException e) {
      status = -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (status != 0) {
      throw new IOException(
          "PostgreSQL does not run as root, and 'unshare -U' does not work here:"
              + " start omnimamba as another user");
    }
    return words;
  }
}
