package org.omnimamba.hub.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * A proxy that wants a password for a tunnel. At the tunnel's other end is, whatever host was asked
 * for, TLS in front of a plain server of this machine.
 */
public final class TunnelProxy implements AutoCloseable {
  private static final String STORE_PASSWORD = "changeit";

  private final ServerSocket server;
  private final SSLSocketFactory tls;
  private final String authorization;
  private final int target;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "tunnel-proxy");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param keys of the host behind it
   * @param authorization value of the header that it wants
   * @param target port of the plain server
   */
  public TunnelProxy(Path keys, String authorization, int target)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(keys.toFile(), STORE_PASSWORD.toCharArray());
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, STORE_PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    this.tls = context.getSocketFactory();
    this.authorization = authorization;
    this.target = target;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** Makes a key of a host, and a certificate signed by itself. */
  public static Path keys(Path file, String host) throws IOException, InterruptedException {
    Path log = Files.createTempFile(file.toAbsolutePath().getParent(), "keytool", ".log");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + host,
                "-ext",
                "san=dns:" + host,
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                STORE_PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException(Files.readString(log));
    }
    return file;
  }

  /** Options of a Java that trusts these keys. */
  public static String trusting(Path keys) {
    return "-Djavax.net.ssl.trustStore=%s -Djavax.net.ssl.trustStorePassword=%s"
        .formatted(keys, STORE_PASSWORD);
  }

  public int port() {
    return server.getLocalPort();
  }

  /** What it was asked, each with its headers. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        threads.execute(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      String head = head(socket.getInputStream());
      asked.add(head);
      OutputStream out = socket.getOutputStream();
      if (!head.contains("\r\nProxy-Authorization: " + authorization + "\r\n")) {
        out.write(
            ascii(
                "HTTP/1.1 407 Proxy Authentication Required\r\n"
                    + "Proxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n"));
        return;
      }
      out.write(ascii("HTTP/1.1 200 Connection established\r\n\r\n"));
      InputStream nothing = InputStream.nullInputStream();
      try (Socket client = tls.createSocket(socket, nothing, true);
          Socket plain = new Socket(InetAddress.getLoopbackAddress(), target)) {
        threads.execute(() -> copy(plain, client));
        copy(client, plain);
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("half a request");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // one side has gone
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
