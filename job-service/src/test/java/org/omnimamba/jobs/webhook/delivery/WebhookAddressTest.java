package org.omnimamba.jobs.webhook.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.SelfSignedCertificate;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.jobs.webhook.address.HostLookup;
import org.omnimamba.jobs.webhook.delivery.AttemptOutcome.Kind;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Which addresses the client connects to, and whom it trusts there. */
class WebhookAddressTest {
  private final WebhookSender sender = new WebhookSender();

  /** IPv4 without leading zeros, and everything with a colon. */
  private static final Pattern USUAL =
      Pattern.compile("(0|[1-9][0-9]*)(\\.(0|[1-9][0-9]*)){3}|.*:.*");

  private final AtomicInteger lookups = new AtomicInteger();

  @AfterEach
  void stop() {
    sender.close();
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
        sender.deliver(
            WebhookSender.client(flipping, "hooks.example", Duration.ofSeconds(15)),
            "http://hooks.example:" + sender.receiver.port() + "/hook");
    assertThat(outcome.kind()).isEqualTo(Kind.DELIVERED);
    assertThat(lookups).hasValue(1);
    assertThat(sender.receiver.received().get(0).headers().get("host"))
        .isEqualTo("hooks.example:" + sender.receiver.port());
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
    WebhookClient client = WebhookSender.client(lenient, "never.example", Duration.ofSeconds(15));
    for (String scheme : List.of("https", "http")) {
      String url = scheme + "://" + host + ":" + sender.receiver.port() + "/hook";
      // past the policy's text check, as if a URL had been stored before it existed
      AttemptOutcome outcome = sender.deliver(client, url);
      assertThat(outcome.kind()).as(url).isEqualTo(Kind.FAILED);
      // an authority that is no host at all does not get as far as the resolver
      assertThat(outcome.error())
          .as(url)
          .isEqualTo(
              URI.create(url).getHost() == null ? "IllegalArgumentException" : "address refused");
    }
    assertThat(sender.receiver.connections()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.1.2.3", "127.0.0.1", "169.254.169.254", "::1", "fd00::1"})
  void refusesANameWhoseAnswerHoldsOneSpecialAddress(String hidden) throws Exception {
    InetAddress open = InetAddress.getByName("93.184.216.34");
    InetAddress closed = InetAddress.getByName(hidden);
    HostLookup mixed = host -> Mono.just(List.of(open, closed));
    AttemptOutcome outcome =
        sender.deliver(
            WebhookSender.client(mixed, "never.example", Duration.ofSeconds(15)),
            "https://mixed.example/hook");
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
          sender.deliver(
              WebhookSender.allowing("127.0.0.1"), "https://127.0.0.1:" + server.port() + "/hook");
      assertThat(outcome.kind()).isEqualTo(Kind.FAILED);
      assertThat(outcome.error()).isEqualTo("TLS failure");
    } finally {
      server.disposeNow();
      certificate.delete();
    }
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
      sender.deliver(
          WebhookSender.client(lookup, "hooks.example", WebhookSender.PATIENCE),
          "https://hooks.example:" + server.getLocalPort() + "/hook");
      assertThat(hello.block(WebhookSender.PATIENCE)).contains("hooks.example");
    }
  }
}
