package org.omnimamba.jobs.webhook.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.webhook.address.AddressPolicy;
import org.omnimamba.jobs.webhook.address.AllowedDestinations;
import org.omnimamba.jobs.webhook.address.GuardedResolverGroup;
import org.omnimamba.jobs.webhook.address.HostLookup;
import org.omnimamba.jobs.webhook.signing.SigningSecret;
import reactor.netty.http.HttpResources;

/** Real clients, a receiver that really listens, and one message signed with two secrets. */
final class WebhookSender implements AutoCloseable {
  /** For a client that has to be made and a machine that is busy. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  final WebhookReceiver receiver = new WebhookReceiver();
  final SigningSecret secret = SigningSecret.generate(new SecureRandom());
  final SigningSecret older = SigningSecret.generate(new SecureRandom());

  /** A client that may also reach that host of this machine. */
  static WebhookClient allowing(String host) {
    return client(HostLookup.system(), host, PATIENCE);
  }

  static WebhookClient proxied(int port) {
    return client(
        HostLookup.system(), "127.0.0.1", PATIENCE, new EgressProxy("127.0.0.1", port, null, null));
  }

  static WebhookClient client(HostLookup lookup, String developmentHost, Duration timeout) {
    return client(lookup, developmentHost, timeout, null);
  }

  static WebhookClient client(
      HostLookup lookup, String developmentHost, Duration timeout, @Nullable EgressProxy proxy) {
    AddressPolicy policy =
        new AddressPolicy(Set.of(443), AllowedDestinations.NONE, false, Set.of(developmentHost));
    return new WebhookClient(
        new GuardedResolverGroup(policy, lookup),
        timeout,
        Clock.systemUTC(),
        HttpResources.get(),
        proxy);
  }

  AttemptOutcome deliver(WebhookClient client, String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
    byte[] body = "{\"type\":\"job.completed\"}".getBytes(UTF_8);
    return client
        .deliver(new WebhookRequest("msg_1", uri, body, List.of(secret, older)))
        .block(PATIENCE.multipliedBy(2));
  }

  @Override
  public void close() {
    receiver.close();
  }
}
