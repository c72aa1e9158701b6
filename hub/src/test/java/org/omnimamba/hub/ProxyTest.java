package org.omnimamba.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.hub.http.EnvironmentProxies;
import org.omnimamba.hub.testing.LoopbackHub;

/** Requests go through the proxies that the environment names. */
class ProxyTest {
  @TempDir private Path cache;

  @Test
  void aProxyIsAskedForAHubThatOnlyItReaches() throws Exception {
    try (LoopbackHub hub = new LoopbackHub()) {
      hub.commit("some/model", Map.of("notes.txt", "small".getBytes()));
      Hubs hubs =
          new Hubs(hub, cache)
              .with("HF_ENDPOINT", "http://hub.invalid")
              .with("http_proxy", "127.0.0.1:" + hub.port());
      assertThat(Files.readString(hubs.fetcher().file("hf:some/model:notes.txt", null)))
          .isEqualTo("small");
      assertThat(hub.seen("hub"))
          .isNotEmpty()
          .allMatch(s -> "hub.invalid".equals(s.header("Host")));
    }
  }

  @Test
  void aTunnelIsAskedForWhereTheHubHasTls() throws Exception {
    try (LoopbackHub hub = new LoopbackHub();
        ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      CompletableFuture<String> asked = new CompletableFuture<>();
      Thread refusing =
          new Thread(
              () -> {
                try {
                  while (true) {
                    try (Socket socket = proxy.accept()) {
                      asked.complete(
                          new BufferedReader(
                                  new InputStreamReader(
                                      socket.getInputStream(), StandardCharsets.US_ASCII))
                              .readLine());
                      socket
                          .getOutputStream()
                          .write(
                              "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n".getBytes());
                    }
                  }
                } catch (java.io.IOException e) {
                  // the test has ended
                }
              });
      refusing.setDaemon(true);
      refusing.start();
      Hubs hubs =
          new Hubs(hub, cache)
              .with("HF_ENDPOINT", "https://hub.invalid")
              .with("HTTPS_PROXY", "http://127.0.0.1:" + proxy.getLocalPort());
      assertThatThrownBy(() -> hubs.fetcher().file("hf:some/model:a", null))
          .isInstanceOf(FetchException.class)
          .hasMessageStartingWith("hub.invalid ");
      assertThat(asked.get()).isEqualTo("CONNECT hub.invalid:443 HTTP/1.1");
    }
  }

  @Test
  void someHostsAreReachedWithoutAProxy() {
    EnvironmentProxies proxies =
        EnvironmentProxies.of(
            Map.of(
                "HTTPS_PROXY",
                "http://proxy.example:3128",
                "ALL_PROXY",
                "proxy.example",
                "NO_PROXY",
                "inside.example, .corp.example,other.example:8443"));
    assertThat(port(proxies, "https://huggingface.co/x")).isEqualTo(3128);
    assertThat(port(proxies, "http://hub.example/x")).isEqualTo(80);
    assertThat(port(proxies, "https://inside.example/x")).isZero();
    assertThat(port(proxies, "https://a.inside.example/x")).isZero();
    assertThat(port(proxies, "https://hub.corp.example/x")).isZero();
    assertThat(port(proxies, "https://other.example:8443/x")).isZero();
    assertThat(port(proxies, "https://other.example/x")).isEqualTo(3128);
    assertThat(port(proxies, "https://notinside.example/x")).isEqualTo(3128);
    assertThat(port(proxies, "http://127.0.0.1:80/x")).isZero();
  }

  private static int port(EnvironmentProxies proxies, String address) {
    Proxy proxy = proxies.select(URI.create(address)).get(0);
    return proxy.type() == Proxy.Type.DIRECT
        ? 0
        : ((java.net.InetSocketAddress) proxy.address()).getPort();
  }
}
