package org.omnimamba.web.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;

/** Against a real DNS server on a loopback port. */
class DnsLookupTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String NAME = "inference.default.svc.cluster.local";

  private final TestDns dns = new TestDns();
  private final LoopResources loops = LoopResources.create("dns-test", 1, true);
  private final DnsLookup lookup =
      new DnsLookup(loops, new SingletonDnsServerAddressStreamProvider(dns.address()));

  @AfterEach
  void stop() {
    lookup.close();
    loops.dispose();
    dns.close();
  }

  private List<String> ask() {
    List<InetAddress> found = lookup.lookup(NAME).block(PATIENCE);
    return found.stream().map(InetAddress::getHostAddress).toList();
  }

  @Test
  void asksAnewEachTime() {
    dns.name(NAME, "10.0.0.1", "10.0.0.2");
    assertThat(ask()).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
    dns.name(NAME, "10.0.0.2", "10.0.0.3");
    assertThat(ask()).containsExactlyInAnyOrder("10.0.0.2", "10.0.0.3");
  }

  @Test
  void aNameThatDoesNotExistHasNoAddresses() {
    assertThat(ask()).isEmpty();
    dns.name(NAME, "10.0.0.1");
    assertThat(ask()).hasSize(1);
    dns.name(NAME);
    assertThat(ask()).isEmpty();
  }

  @Test
  void aServerThatFailsSaysNothingOfTheName() {
    dns.name(NAME, "10.0.0.1");
    dns.broken(true);
    assertThatThrownBy(this::ask).hasMessageContaining(NAME);
    dns.broken(false);
    assertThat(ask()).hasSize(1);
  }

  @Test
  void neitherDoesOneThatIsSilent() {
    dns.name(NAME, "10.0.0.1");
    dns.silent(true);
    assertThatThrownBy(this::ask).hasMessageContaining(NAME);
  }
}
