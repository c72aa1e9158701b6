package org.omnimamba.web.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A network between a program and a server that can be cut: connections stay open and nothing
 * arrives any more. Connections of before a cut never recover, as when a router has forgotten them;
 * new ones work again when it is mended.
 */
public final class CutNetwork implements AutoCloseable {
  private final ServerSocket entry;
  private final int target;
  private final List<Line> lines = new CopyOnWriteArrayList<>();
  private volatile boolean cut;

  /** A network that leads to a port of this machine. */
  public CutNetwork(int target) throws IOException {
    this.target = target;
    this.entry = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    background(this::accept);
  }

  /** Where it is entered. */
  public int port() {
    return entry.getLocalPort();
  }

  /** Lets nothing through from now on. */
  public void cut() {
    cut = true;
    lines.forEach(line -> line.dead = true);
  }

  /** Lets new connections through. */
  public void mend() {
    cut = false;
  }

  @Override
  public void close() throws IOException {
    entry.close();
    for (Line line : lines) {
      line.close();
    }
  }

  private void accept() throws IOException {
    while (!entry.isClosed()) {
      Line line = new Line(entry.accept(), new Socket(InetAddress.getLoopbackAddress(), target));
      line.dead = cut;
      lines.add(line);
      background(() -> line.carry(line.near, line.far));
      background(() -> line.carry(line.far, line.near));
    }
  }

  private static void background(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // the connection or the test has ended
              }
            },
            "cut-network");
    thread.setDaemon(true);
    thread.start();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static final class Line {
    final Socket near;
    final Socket far;
    volatile boolean dead;

    Line(Socket near, Socket far) {
      this.near = near;
      this.far = far;
    }

    void carry(Socket from, Socket to) throws IOException {
      byte[] buffer = new byte[8192];
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (!dead) {
          out.write(buffer, 0, read);
        }
      }
      if (!dead) {
        close();
      }
    }

    void close() throws IOException {
      near.close();
      far.close();
    }
  }
}
