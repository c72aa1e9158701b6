package org.omnimamba.jobs.webhook.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.SelfSignedCertificate;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.jobs.webhook.address.AddressPolicy;
import org.omnimamba.jobs.webhook.address.AllowedDestinations;
import org.omnimamba.jobs.webhook.address.GuardedResolverGroup;
import org.omnimamba.jobs.webhook.address.HostLookup;
import org.omnimamba.jobs.webhook.delivery.AttemptOutcome.Kind;
import org.omnimamba.jobs.webhook.signing.SigningSecret;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpResources;
import reactor.netty.http.server.HttpServer;

/** The client that really delivers, against a receiver that really listens. */
class WebhookClientTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** IPv4 without leading zeros, and everything with a colon. */
  private static final Pattern USUAL =
      Pattern.compile("(0|[1-9][0-9]*)(\\.(0|[1-9][0-9]*)){3}|.*:.*");

  private final WebhookReceiver receiver = new WebhookReceiver();
  private final SigningSecret secret = SigningSecret.generate(new SecureRandom());
  private final SigningSecret older = SigningSecret.generate(new SecureRandom());
  private final AtomicInteger lookups = new AtomicInteger();

  @AfterEach
  void stop() {
    receiver.close();
  }

  @Test
  void deliversWithAVerifiableSignature() {
    AttemptOutcome outcome = deliver(allowing("127.0.0.1"), receiver.url("/hook?a=b"));
    assertThat(outcome.kind()).isEqualTo(Kind.DELIVERED);
    assertThat(outcome.status()).isEqualTo(204);
    WebhookReceiver.Received got = receiver.received().get(0);
    assertThat(got.path()).isEqualTo("/hook?a=b");
    assertThat(got.headers()).containsEntry("content-type", "application/json");
    assertThat(got.id()).isEqualTo("msg_1");
    assertThat(got.verifies(secret.text())).isTrue();
    assertThat(got.verifies(older.text())).isTrue();
  }

  @Test
  void connectsToTheVeryAddressThatWasJudged() {
    HostLookup flipping =
        host ->
            Mono.fromCallable(
                () ->
                    List.of(
                        InetAddress.getByAddress(
                            lookups.incrementAndGet() == 1
                                ? new byte[] {127, 0, 0, 1}
                                : new byte[] {127, 0, 0, 2})));
    AttemptOutcome outcome =
        deliver(
            client(flipping, "hooks.example", Duration.ofSeconds(15)),
            "http://hooks.example:" + receiver.port() + "/hook");
    assertThat(outcome.kind()).isEqualTo(Kind.DELIVERED);
    assertThat(lookups).hasValue(1);
    assertThat(receiver.received().get(0).headers().get("host"))
        .isEqualTo("hooks.example:" + receiver.port());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "127.0.1",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "0x7f000001",
        "0x7F.0.0.1",
        "0X7F.1",
        "00127.0.0.01",
        "0.0.0.0",
        "0",
        "localhost",
        "LOCALHOST",
        "LocalHost.",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[0000::0001]",
        "[::1%25lo]",
        "[::1%251]",
        "[::ffff:127.0.0.1]",
        "[::FFFF:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[::7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2002:7F00:0001::1]",
        "[2001:0:7f00:1::]",
        "[::ffff:0:127.0.0.1]",
        "[fe80::1%25eth0]",
        "[fd00:ec2::254]",
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "100.100.100.200",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.51.100.7",
        "203.0.113.7",
        "3221225985",
        "0xc0000201",
        "198.18.0.1",
        "192.88.99.1",
        "[2001:db8::1]",
        "[2001:DB8:0:0:0:0:0:1]",
        "[3fff::1]",
        "[fc00::1]",
        "[fdff:ffff::1]",
        "[ff02::1]",
        "[ff02:0:0:0:0:0:0:fb]",
        "[fec0::1]",
        "[64:ff9b::a00:1]",
        "[0064:FF9B::10.0.0.1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:a00:1::1]",
        "[2002:0a00:0001::]",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
        "[2606:4700::5efe:7f00:1]"
      })
  void neverConnectsToASpecialAddressInAnySpelling(String host) {
    // what is not written as usual is read as this machine, as the most lenient resolver might
    HostLookup lenient =
        name ->
            USUAL.matcher(name).matches()
                ? HostLookup.system().lookup(name)
                : Mono.just(List.of(InetAddress.getLoopbackAddress()));
    WebhookClient client = client(lenient, "never.example", Duration.ofSeconds(15));
    for (String scheme : List.of("https", "http")) {
      String url = scheme + "://" + host + ":" + receiver.port() + "/hook";
      // past the policy's text check, as if a URL had been stored before it existed
      AttemptOutcome outcome = deliver(client, url);
      assertThat(outcome.kind()).as(url).isEqualTo(Kind.FAILED);
      // an authority that is no host at all does not get as far as the resolver
      assertThat(outcome.error())
          .as(url)
          .isEqualTo(
              URI.create(url).getHost() == null ? "IllegalArgumentException" : "address refused");
    }
    assertThat(receiver.connections()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.1.2.3", "127.0.0.1", "169.254.169.254", "::1", "fd00::1"})
  void refusesANameWhoseAnswerHoldsOneSpecialAddress(String hidden) throws Exception {
    InetAddress open = InetAddress.getByName("93.184.216.34");
    InetAddress closed = InetAddress.getByName(hidden);
    HostLookup mixed = host -> Mono.just(List.of(open, closed));
    AttemptOutcome outcome =
        deliver(
            client(mixed, "never.example", Duration.ofSeconds(15)), "https://mixed.example/hook");
    assertThat(outcome.kind()).isEqualTo(Kind.FAILED);
    assertThat(outcome.error()).startsWith("address refused");
  }

  @Test
  void doesNotTrustACertificateThatNobodySigned() throws Exception {
    SelfSignedCertificate certificate = new SelfSignedCertificate("127.0.0.1");
    SslContext ssl =
        SslContextBuilder.forServer(certificate.certificate(), certificate.privateKey()).build();
    DisposableServer server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .secure(spec -> spec.sslContext(ssl))
            .handle((request, response) -> response.status(200).send())
            .bindNow();
    try {
      AttemptOutcome outcome =
          deliver(allowing("127.0.0.1"), "https://127.0.0.1:" + server.port() + "/hook");
      assertThat(outcome.kind()).isEqualTo(Kind.FAILED);
      assertThat(outcome.error()).isEqualTo("TLS failure");
    } finally {
      server.disposeNow();
      certificate.delete();
    }
  }

  @Test
  void throughAProxyTheJudgedAddressIsAskedForAndTheNameStaysInTheRequest() throws Exception {
    HostLookup lookup = host -> Mono.just(List.of(InetAddress.getLoopbackAddress()));
    try (ConnectProxy proxy = new ConnectProxy(null)) {
      EgressProxy settings = new EgressProxy("127.0.0.1", proxy.port(), "ada", "secret");
      WebhookClient client = client(lookup, "hooks.example", PATIENCE, settings);
      String authority = "hooks.example:" + receiver.port();
      assertThat(deliver(client, "http://" + authority + "/hook").kind()).isEqualTo(Kind.DELIVERED);
      assertThat(receiver.received().get(0).headers().get("host")).isEqualTo(authority);
      assertThat(proxy.asked()).hasSize(1);
      assertThat(proxy.asked().get(0))
          .startsWith("CONNECT 127.0.0.1:" + receiver.port() + " ")
          .doesNotContain("hooks.example")
          .containsIgnoringCase("proxy-authorization: basic YWRhOnNlY3JldA==");
      assertThat(settings.toString()).doesNotContain("secret");
    }
  }

  @Test
  void aSpecialAddressIsNotAskedOfAProxyEither() throws Exception {
    try (ConnectProxy proxy = new ConnectProxy(null)) {
      EgressProxy settings = new EgressProxy("127.0.0.1", proxy.port(), null, null);
      WebhookClient client = client(HostLookup.system(), "never.example", PATIENCE, settings);
      for (String host : List.of("127.0.0.1", "169.254.169.254", "10.0.0.1", "[::1]")) {
        assertThat(deliver(client, "https://" + host + "/hook").error())
            .as(host)
            .isEqualTo("address refused");
      }
      assertThat(proxy.asked()).isEmpty();
    }
  }

  @Test
  void aProxyThatRefusesOrIsGoneFailsTheAttempt() throws Exception {
    int port;
    try (ConnectProxy proxy = new ConnectProxy("HTTP/1.1 403 Forbidden")) {
      port = proxy.port();
      assertThat(deliver(proxied(port), receiver.url("/hook")).error()).isEqualTo("proxy failure");
      assertThat(proxy.asked()).hasSize(1);
    }
    assertThat(deliver(proxied(port), receiver.url("/hook")).error())
        .isIn("proxy failure", "connection refused");
    assertThat(receiver.connections()).isZero();
  }

  private static WebhookClient proxied(int port) {
    return client(
        HostLookup.system(), "127.0.0.1", PATIENCE, new EgressProxy("127.0.0.1", port, null, null));
  }

  @Test
  void theServerIsToldWhichNameIsMeant() throws Exception {
    HostLookup lookup = host -> Mono.just(List.of(InetAddress.getLoopbackAddress()));
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Mono<String> hello =
          Mono.fromCallable(
                  () -> {
                    try (Socket client = server.accept()) {
                      byte[] bytes = new byte[10_000];
                      int count = client.getInputStream().read(bytes);
                      return new String(bytes, 0, count, ISO_8859_1);
                    }
                  })
              .subscribeOn(Schedulers.boundedElastic())
              .cache();
      hello.subscribe();
      deliver(
          client(lookup, "hooks.example", PATIENCE),
          "https://hooks.example:" + server.getLocalPort() + "/hook");
      assertThat(hello.block(PATIENCE)).contains("hooks.example");
    }
  }

  @Test
  void neverFollowsARedirect() {
    try (WebhookReceiver target = new WebhookReceiver()) {
      for (int status : new int[] {301, 302, 303, 307, 308}) {
        receiver.answering(
            (request, response) ->
                response.status(status).header("location", target.url("/stolen")).send());
        AttemptOutcome outcome = deliver(allowing("127.0.0.1"), receiver.url("/hook"));
        assertThat(outcome.kind()).isEqualTo(Kind.FAILED);
        assertThat(outcome.status()).isEqualTo(status);
        assertThat(outcome.error()).isEqualTo("redirect refused");
      }
      assertThat(target.connections()).isZero();
    }
  }

  @Test
  void readsTheReceiversWishWith429And503Only() {
    for (int status : new int[] {429, 503, 500}) {
      receiver.answering(
          (request, response) -> response.status(status).header("retry-after", "120").send());
      AttemptOutcome outcome = deliver(allowing("127.0.0.1"), receiver.url("/hook"));
      assertThat(outcome.kind()).isEqualTo(Kind.FAILED);
      assertThat(outcome.retryAfter()).isEqualTo(status == 500 ? null : Duration.ofMinutes(2));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 103 Early Hints, DELIVERED, 200",
    "HTTP/1.1 100 Continue, DELIVERED, 200",
    "HTTP/1.1 102 Processing, DELIVERED, 200",
    "HTTP/1.1 199 Something New, DELIVERED, 200",
    "HTTP/1.1 101 Switching Protocols, FAILED, 101"
  })
  void waitsForTheAnswerAfterInformationalOnes(String line, Kind kind, int status)
      throws Exception {
    String informational = line + "\r\nlink: </style.css>; rel=preload\r\n\r\n";
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Mono.fromCallable(
              () -> {
                try (Socket client = server.accept()) {
                  client.getInputStream().read(new byte[10_000]);
                  OutputStream out = client.getOutputStream();
                  out.write(informational.repeat(2).getBytes(UTF_8));
                  out.flush();
                  out.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".getBytes(UTF_8));
                  out.flush();
                  // until the client is done
                  return client.getInputStream().read();
                }
              })
          .subscribeOn(Schedulers.boundedElastic())
          .subscribe(end -> {}, error -> {});
      AttemptOutcome outcome =
          deliver(allowing("127.0.0.1"), "http://127.0.0.1:" + server.getLocalPort() + "/hook");
      assertThat(outcome.kind()).isEqualTo(kind);
      assertThat(outcome.status()).isEqualTo(status);
      if (kind == Kind.DELIVERED) {
        assertThat(outcome.responseHead()).asString(UTF_8).isEqualTo("ok");
      }
    }
  }

  @Test
  void tellsAGoneReceiverApart() {
    receiver.answering(410);
    assertThat(deliver(allowing("127.0.0.1"), receiver.url("/hook")).kind()).isEqualTo(Kind.GONE);
  }

  @Test
  void keepsOnlyTheFirstBytesOfALongAnswer() {
    receiver.answering(
        (request, response) ->
            response
                .status(500)
                .send(
                    Flux.range(0, 10_000)
                        .map(i -> Unpooled.wrappedBuffer("x".repeat(1000).getBytes(UTF_8)))));
    AttemptOutcome outcome = deliver(allowing("127.0.0.1"), receiver.url("/hook"));
    assertThat(outcome.status()).isEqualTo(500);
    assertThat(outcome.responseHead()).hasSizeBetween(1, 1024);
  }

  @Test
  void givesUpOnASlowReceiver() {
    receiver.answering((request, response) -> Mono.never());
    AttemptOutcome outcome =
        deliver(
            client(HostLookup.system(), "127.0.0.1", Duration.ofMillis(300)),
            receiver.url("/hook"));
    assertThat(outcome.kind()).isEqualTo(Kind.FAILED);
    assertThat(outcome.error()).isEqualTo("timeout");
  }

  @Test
  void reportsAReceiverThatIsDownOrResets() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    assertThat(deliver(allowing("127.0.0.1"), "http://127.0.0.1:" + free + "/hook").error())
        .isEqualTo("connection refused");
    receiver.answering(
        (request, response) -> {
          response.withConnection(c -> c.channel().close());
          return Mono.never();
        });
    AttemptOutcome reset = deliver(allowing("127.0.0.1"), receiver.url("/hook"));
    assertThat(reset.kind()).isEqualTo(Kind.FAILED);
    assertThat(reset.error()).isEqualTo("connection lost");
    assertThat(receiver.received()).hasSize(1);
  }

  private WebhookClient allowing(String host) {
    return client(HostLookup.system(), host, Duration.ofSeconds(15));
  }

  private static WebhookClient client(HostLookup lookup, String developmentHost, Duration timeout) {
    return client(lookup, developmentHost, timeout, null);
  }

  private static WebhookClient client(
      HostLookup lookup, String developmentHost, Duration timeout, EgressProxy proxy) {
    AddressPolicy policy =
        new AddressPolicy(Set.of(443), AllowedDestinations.NONE, false, Set.of(developmentHost));
    return new WebhookClient(
        new GuardedResolverGroup(policy, lookup),
        timeout,
        Clock.systemUTC(),
        HttpResources.get(),
        proxy);
  }

  private AttemptOutcome deliver(WebhookClient client, String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (java.net.URISyntaxException e) {
      throw new AssertionError(e);
    }
    byte[] body = "{\"type\":\"job.completed\"}".getBytes(UTF_8);
    return client
        .deliver(new WebhookRequest("msg_1", uri, body, List.of(secret, older)))
        .block(PATIENCE);
  }
}
