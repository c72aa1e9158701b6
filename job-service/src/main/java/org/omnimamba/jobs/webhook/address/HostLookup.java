package org.omnimamba.jobs.webhook.address;

import java.net.InetAddress;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Turns a host into its addresses, without judging them. */
@FunctionalInterface
public interface HostLookup {

  /** The addresses of the host; an unknown host is an {@link java.net.UnknownHostException}. */
  Mono<List<InetAddress>> lookup(String host);

  /** The operating system's resolver, called off the event loop because it blocks. */
  static HostLookup system() {
    return host ->
        Mono.fromCallable(() -> List.of(InetAddress.getAllByName(host)))
            .subscribeOn(Schedulers.boundedElastic());
  }
}
