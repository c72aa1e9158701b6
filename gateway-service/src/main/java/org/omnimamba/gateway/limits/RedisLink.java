package org.omnimamba.gateway.limits;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.DisposableBean;
import reactor.core.publisher.Mono;

/**
 * The one connection to Redis: made when first needed, and from then on made again by the library
 * whenever it is lost. While it is down commands fail at once instead of piling up.
 */
final class RedisLink implements DisposableBean {
  /** How long a late answer is still read: what it granted is to go back. */
  private static final Duration LATEST_ANSWER = Duration.ofSeconds(30);

  private static final Delay BETWEEN_RECONNECTS =
      Delay.fullJitter(Duration.ofMillis(50), Duration.ofSeconds(2), 50, TimeUnit.MILLISECONDS);

  private final ClientResources resources =
      DefaultClientResources.builder().reconnectDelay(BETWEEN_RECONNECTS).build();
  private final RedisClient client;
  private final Mono<RedisStores> stores;

  RedisLink(LimitProperties.Redis properties) {
    RedisURI address = RedisURI.create(properties.url());
    address.setTimeout(LATEST_ANSWER);
    this.client = RedisClient.create(resources, address);
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
            .map(RedisStores::on)
            // Keeps the first connection for good, and no failure to make it.
            .cacheInvalidateIf(made -> false);
  }

  /** The stores; fails while the first connection cannot be made. */
  Mono<RedisStores> stores() {
    return stores;
  }

  @Override
  public void destroy() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    resources.shutdown(0, 2, TimeUnit.SECONDS);
  }
}
