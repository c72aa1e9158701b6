package org.omnimamba.jobs.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A way to a server on loopback that can be cut: connections end, and new ones are refused. */
public final class Relay implements AutoCloseable {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final InetSocketAddress target;
  private final int port;
  private volatile ServerSocket server;

  /** A way to the server. */
  public Relay(String host, int targetPort) {
    this.target = new InetSocketAddress(host, targetPort);
    this.server = listen(0);
    this.port = server.getLocalPort();
  }

  /** Where it is entered, the same after a cut. */
  public int port() {
    return port;
  }

  /** Ends all connections and refuses new ones. */
  public void cut() {
    close(server);
    sockets.forEach(Relay::close);
    sockets.clear();
  }

  /** Opens the way again. */
  public void mend() {
    server = listen(port);
  }

  private ServerSocket listen(int wanted) {
    try {
      ServerSocket listening = new ServerSocket();
      listening.setReuseAddress(true);
      listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
      threads.execute(() -> accept(listening));
      return listening;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket listening) {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Socket upstream = new Socket(target.getAddress(), target.getPort());
        sockets.addAll(List.of(client, upstream));
        if (listening.isClosed()) {
          close(client);
          close(upstream);
        }
        threads.execute(() -> pass(client, upstream));
        threads.execute(() -> pass(upstream, client));
      } catch (IOException e) {
        // cut, or the server is away
      }
    }
  }

  private static void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // the end of the connection
    }
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    cut();
    threads.shutdownNow();
  }
}
