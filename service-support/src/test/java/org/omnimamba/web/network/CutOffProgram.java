package org.omnimamba.web.network;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * Begins several responses, drops all packets of this network from then on, and says which of the
 * connections ended. It needs a network of its own.
 */
final class CutOffProgram {
  private static final Duration PATIENCE = KeepAlive.NOTICED_AFTER.multipliedBy(6);
  private static final String BEGINNING =
      "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe beginning";

  private CutOffProgram() {}

  public static void main(String[] arguments) throws Exception {
    execute("ip", "link", "set", "lo", "up");
    int port = serve();
    LoopResources loops = LoopResources.create("cut-off");
    Map<String, Connection> watched = new LinkedHashMap<>();
    watched.put("epoll", http(port, new WatchfulLoops(loops), true));
    watched.put("nio", http(port, new WatchfulLoops(loops), false));
    watched.put("socket", socket(port));
    Connection unwatched = http(port, loops, true);
    List<Connection> all = new ArrayList<>(watched.values());
    all.add(unwatched);
    for (Connection connection : all) {
      connection.begun().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    execute("iptables", "-A", "INPUT", "-j", "DROP");
    for (Map.Entry<String, Connection> connection : watched.entrySet()) {
      connection.getValue().ended().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      System.out.println(connection.getKey() + " ended");
    }
    System.out.println("unwatched " + (unwatched.ended().isDone() ? "ended" : "is still open"));
    System.exit(0);
  }

  private record Connection(CompletableFuture<Void> begun, CompletableFuture<Void> ended) {
    Connection() {
      this(new CompletableFuture<>(), new CompletableFuture<>());
    }
  }

  private static Connection http(int port, LoopResources loops, boolean preferNative) {
    Connection connection = new Connection();
    HttpClient.create(ConnectionProvider.newConnection())
        .runOn(loops, preferNative)
        .get()
        .uri("http://127.0.0.1:" + port)
        .responseContent()
        .subscribe(
            bytes -> connection.begun().complete(null),
            failure -> connection.ended().complete(null),
            () -> connection.ended().complete(null));
    return connection;
  }

  private static Connection socket(int port) {
    Connection connection = new Connection();
    background(
        () -> {
          try (Socket socket = new WatchfulSockets().createSocket("127.0.0.1", port)) {
            InputStream in = socket.getInputStream();
            for (int read = in.read(); read >= 0; read = in.read()) {
              connection.begun().complete(null);
            }
          } finally {
            connection.ended().complete(null);
          }
        });
    return connection;
  }

  /** Begins to answer each connection, and says no more. */
  private static int serve() throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    List<Socket> open = new ArrayList<>();
    background(
        () -> {
          while (true) {
            Socket socket = server.accept();
            open.add(socket);
            socket.getOutputStream().write(BEGINNING.getBytes(StandardCharsets.US_ASCII));
          }
        });
    return server.getLocalPort();
  }

  private static void background(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // the connection has ended
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void execute(String... command) throws Exception {
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IllegalStateException(String.join(" ", command) + " ended with " + status);
    }
  }
}
