package org.omnimamba.gateway.keys;

import java.util.Optional;
import org.omnimamba.gateway.GatewayProperties;
import org.omnimamba.gateway.access.Authenticator;
import org.omnimamba.gateway.access.Caller;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Looks a key up in the configuration, then in the database if there is one. */
@Component
final class KeyAuthenticator implements Authenticator {
  private final ConfiguredKey configured;
  private final Optional<DatabaseKeys> database;

  KeyAuthenticator(GatewayProperties properties, ObjectProvider<DatabaseKeys> database) {
    this.configured = new ConfiguredKey(properties.apiKey());
    this.database = Optional.ofNullable(database.getIfAvailable());
  }

  @Override
  public Mono<Caller> authenticate(String key) {
    Optional<Caller> known = configured.match(key);
    if (known.isPresent()) {
      return Mono.just(known.get());
    }
    return Mono.justOrEmpty(database)
        .flatMap(keys -> Mono.justOrEmpty(ApiKey.parse(key)).flatMap(keys::caller));
  }
}
