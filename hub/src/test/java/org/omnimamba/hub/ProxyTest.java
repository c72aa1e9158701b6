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
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.hub.http.EnvironmentProxies;
import org.omnimamba.hub.testing.LoopbackHub;
import org.omnimamba.hub.testing.TunnelProxy;

/** Requests go through the proxies that the environment names. */
class ProxyTest {
  private static final String PASSWORD =
      "Basic " + Base64.getEncoder().encodeToString("me:p@ss:word".getBytes());

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
  void aProxyThatWantsAPasswordGetsIt() throws Exception {
    try (LoopbackHub hub = new LoopbackHub()) {
      hub.commit("some/model", Map.of("notes.txt", "small".getBytes()));
      hub.intercept(
          exchange -> {
            String given = exchange.getRequestHeaders().getFirst("Proxy-Authorization");
            if (PASSWORD.equals(given)) {
              return false;
            }
            exchange.getResponseHeaders().add("Proxy-Authenticate", "Basic realm=\"proxy\"");
            LoopbackHub.refuse(exchange, 407, null);
            return true;
          });
      Hubs hubs =
          new Hubs(hub, cache)
              .with("HF_ENDPOINT", "http://hub.invalid")
              .with("http_proxy", "127.0.0.1:" + hub.port());
      assertThatThrownBy(() -> hubs.fetcher().file("hf:some/model:notes.txt", null))
          .isInstanceOf(FetchException.class)
          .hasMessageContaining("the proxy wants a name and a password");
      hubs.with("http_proxy", "http://me:p%40ss:word@127.0.0.1:" + hub.port());
      assertThat(Files.readString(hubs.fetcher().file("hf:some/model:notes.txt", null)))
          .isEqualTo("small");
    }
  }

  @Test
  void theTokenReachesTheHubBehindAProxyWithAPassword() throws Exception {
    Path keys = TunnelProxy.keys(cache.resolve("keys.p12"), "hub.invalid");
    try (LoopbackHub hub = new LoopbackHub();
        TunnelProxy proxy = new TunnelProxy(keys, PASSWORD, hub.port())) {
      hub.closed("mine/model", "hf_good", false, Map.of("notes.txt", "small".getBytes()));
      try (FetchProcess fetch =
          FetchProcess.start(
              Map.of(
                  "HF_ENDPOINT",
                  "https://hub.invalid",
                  "HF_TOKEN",
                  "hf_good",
                  "HTTPS_PROXY",
                  "http://me:p%40ss:word@127.0.0.1:" + proxy.port(),
                  "OMNIMAMBA_HOME",
                  cache.resolve("home").toString(),
                  "JAVA_TOOL_OPTIONS",
                  TunnelProxy.trusting(keys)),
              "hf:mine/model:notes.txt")) {
        assertThat(fetch.end()).as(fetch.err()).isZero();
        assertThat(Files.readString(Path.of(fetch.out()))).isEqualTo("small");
      }
      assertThat(proxy.asked())
          .isNotEmpty()
          .allMatch(head -> head.startsWith("CONNECT hub.invalid:443 "))
          .noneMatch(head -> head.contains("hf_good"));
      assertThat(hub.seen("hub"))
          .isNotEmpty()
          .allMatch(s -> "Bearer hf_good".equals(s.header("Authorization")))
          .allMatch(s -> s.header("Proxy-Authorization") == null);
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
