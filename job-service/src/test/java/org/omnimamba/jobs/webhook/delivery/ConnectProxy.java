package org.omnimamba.jobs.webhook.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A proxy on loopback that knows HTTP CONNECT only, and keeps what it was asked. */
final class ConnectProxy implements AutoCloseable {
  private final ServerSocket server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final String refusal;

  /**
   * Starts it.
   *
   * @param refusal the status line it refuses with, or null to connect
   */
  ConnectProxy(String refusal) throws IOException {
    this.refusal = refusal;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** The heads of all requests. */
  List<String> asked() {
    return asked;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      String head = head(client.getInputStream());
      asked.add(head);
      if (refusal != null) {
        client.getOutputStream().write((refusal + "\r\n\r\n").getBytes(ISO_8859_1));
        return;
      }
      String target = head.split(" ")[1];
      int colon = target.lastIndexOf(':');
      try (Socket upstream =
          new Socket(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)))) {
        client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
        threads.execute(() -> pass(client, upstream));
        upstream.getInputStream().transferTo(client.getOutputStream());
      }
    } catch (IOException e) {
      // the end of the exchange
    }
  }

  private static void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // the end of the exchange
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the head ends early");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
