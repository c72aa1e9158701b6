package org.omnimamba.standalone.engines;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/**
 * A process that behaves as an engine's: {@code /readyz} and {@code /livez} answer what a request
 * to {@code /become/STATUS} has made of them, and {@code /sees} tells what it was started with.
 */
public final class SmallEngine {
  private SmallEngine() {}

  public static void main(String[] args) throws IOException {
    ParentLink parent = new ParentLink(System.in, System.out);
    EngineOrder order = parent.order();
    if (order.settings().containsKey("fail")) {
      parent.failed(order.settings().get("fail"));
      System.exit(1);
    }
    LoggerFactory.getLogger("org.omnimamba.inference.Small")
        .atError()
        .addKeyValue("pid", ProcessHandle.current().pid())
        .setCause(new IllegalStateException("outer", new IOException("inner")))
        .log("two\nlines");
    System.out.println("a line of a library");
    System.err.println("an error of a library");
    parent.doing("thinking");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), order.port()), 0);
    AtomicInteger status = new AtomicInteger(200);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (path.startsWith("/become/")) {
            status.set(Integer.parseInt(path.substring("/become/".length())));
          }
          byte[] sees =
              (ProcessHandle.current().pid()
                      + " "
                      + System.getenv("CUDA_VISIBLE_DEVICES")
                      + " "
                      + order.settings().get("name")
                      + " "
                      + Runtime.getRuntime().availableProcessors())
                  .getBytes(UTF_8);
          exchange.sendResponseHeaders(path.endsWith("z") ? status.get() : 200, sees.length);
          exchange.getResponseBody().write(sees);
          exchange.close();
        });
    server.start();
    parent.listening(server.getAddress().getPort(), order.managementPort() + 1);
    boolean inOrder = parent.awaitStop();
    Runtime.getRuntime().halt(inOrder ? 0 : 1);
  }
}
