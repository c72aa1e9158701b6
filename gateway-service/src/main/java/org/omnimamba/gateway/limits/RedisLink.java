package org.omnimamba.gateway.limits;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import org.springframework.beans.factory.DisposableBean;
import reactor.core.publisher.Mono;

/**
 * The connection to Redis: made when first needed, made again after it was lost. While it is down
 * commands fail at once instead of piling up.
 */
final class RedisLink implements DisposableBean {
  /** How long an answer is listened for that nobody waits for: what it granted is to go back. */
  private static final Duration LATEST_ANSWER = Duration.ofSeconds(30);

  private final RedisClient client;
  private final Mono<RedisStores> stores;

  RedisLink(LimitProperties.Redis properties) {
    RedisURI address = RedisURI.create(properties.url());
    address.setTimeout(LATEST_ANSWER);
    this.client = RedisClient.create(address);
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .socketOptions(SocketOptions.builder().connectTimeout(Duration.ofSeconds(2)).build())
            .build());
    this.stores =
        Mono.fromCompletionStage(
                () ->
                    client.connectAsync(
                        RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE), address))
            .map(Link::new)
            .cacheInvalidateIf(link -> !link.connection.isOpen())
            .map(Link::stores);
  }

  /** The stores, over a connection that was open a moment ago. */
  Mono<RedisStores> stores() {
    return stores;
  }

  @Override
  public void destroy() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
  }

  private record Link(StatefulRedisConnection<String, byte[]> connection, RedisStores stores) {
    Link(StatefulRedisConnection<String, byte[]> connection) {
      this(connection, RedisStores.on(connection));
    }
  }
}
