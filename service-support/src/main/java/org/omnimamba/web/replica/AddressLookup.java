package org.omnimamba.web.replica;

import java.net.InetAddress;
import java.util.List;
import reactor.core.publisher.Mono;

/** Asks which addresses a name has now. */
public interface AddressLookup {
  /**
   * The name's addresses, asked anew each time. An empty list says that the name has none, or does
   * not exist; when no answer could be had, this fails, and what was known before still holds.
   */
  Mono<List<InetAddress>> lookup(String host);
}
