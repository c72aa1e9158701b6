package org.omnimamba.jobs.webhook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.webhook.address.HostLookup;
import org.omnimamba.jobs.webhook.delivery.AttemptOutcome.Kind;
import reactor.core.publisher.Mono;

/** Deliveries through a proxy for outgoing connections. */
class WebhookProxyTest {
  private final WebhookSender sender = new WebhookSender();

  @AfterEach
  void stop() {
    sender.close();
  }

  @Test
  void throughAProxyTheJudgedAddressIsAskedForAndTheNameStaysInTheRequest() throws Exception {
    HostLookup lookup = host -> Mono.just(List.of(InetAddress.getLoopbackAddress()));
    try (ConnectProxy proxy = new ConnectProxy(null)) {
      EgressProxy settings = new EgressProxy("127.0.0.1", proxy.port(), "ada", "secret");
      WebhookClient client =
          WebhookSender.client(lookup, "hooks.example", WebhookSender.PATIENCE, settings);
      String authority = "hooks.example:" + sender.receiver.port();
      assertThat(sender.deliver(client, "http://" + authority + "/hook").kind())
          .isEqualTo(Kind.DELIVERED);
      assertThat(sender.receiver.received().get(0).headers().get("host")).isEqualTo(authority);
      assertThat(proxy.asked()).hasSize(1);
      assertThat(proxy.asked().get(0))
          .startsWith("CONNECT 127.0.0.1:" + sender.receiver.port() + " ")
          .doesNotContain("hooks.example")
          .containsIgnoringCase("proxy-authorization: basic YWRhOnNlY3JldA==");
      assertThat(settings.toString()).doesNotContain("secret");
    }
  }

  @Test
  void aSpecialAddressIsNotAskedOfAProxyEither() throws Exception {
    try (ConnectProxy proxy = new ConnectProxy(null)) {
      EgressProxy settings = new EgressProxy("127.0.0.1", proxy.port(), null, null);
      WebhookClient client =
          WebhookSender.client(
              HostLookup.system(), "never.example", WebhookSender.PATIENCE, settings);
      for (String host : List.of("127.0.0.1", "169.254.169.254", "10.0.0.1", "[::1]")) {
        assertThat(sender.deliver(client, "https://" + host + "/hook").error())
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
      assertThat(sender.deliver(WebhookSender.proxied(port), sender.receiver.url("/hook")).error())
          .isEqualTo("proxy failure");
      assertThat(proxy.asked()).hasSize(1);
    }
    assertThat(sender.deliver(WebhookSender.proxied(port), sender.receiver.url("/hook")).error())
        .isIn("proxy failure", "connection refused");
    assertThat(sender.receiver.connections()).isZero();
  }
}
