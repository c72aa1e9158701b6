package org.omnimamba.gateway.keys;

import org.omnimamba.gateway.GatewayProperties;
import org.omnimamba.gateway.access.Authenticator;
import org.omnimamba.gateway.access.Caller;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Looks a key up in the configuration. */
@Component
final class KeyAuthenticator implements Authenticator {
  private final ConfiguredKey configured;

  KeyAuthenticator(GatewayProperties properties) {
    this.configured = new ConfiguredKey(properties.apiKey());
  }

  @Override
  public Mono<Caller> authenticate(String key) {
    return Mono.justOrEmpty(configured.match(key));
  }
}
