package org.omnimamba.gateway.limits;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Counts that all gateways share. Each entry lapses on its own after {@link #LONGEST}, so a gateway
 * that dies holds nothing for ever. Redis's clock is the only one.
 */
final class RedisInFlight implements InFlightStore {
  static final Duration LONGEST = Duration.ofMinutes(15);

  private static final Retry LEAVE_RETRY = Retry.backoff(6, Duration.ofMillis(250));

  /** KEYS: sorted set of entries by lapse time. ARGV: id, amount, most, life in milliseconds. */
  private static final String ENTER =
      """
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
      if redis.call('ZCARD', KEYS[1]) + ARGV[2] > tonumber(ARGV[3]) then
        return 0
      end
      for i = 1, ARGV[2] do
        redis.call('ZADD', KEYS[1], now + ARGV[4], ARGV[1] .. ':' .. i)
      end
      redis.call('PEXPIRE', KEYS[1], ARGV[4])
      return 1
      """;

  private static final String LEAVE =
      """
      for i = 1, ARGV[2] do
        redis.call('ZREM', KEYS[1], ARGV[1] .. ':' .. i)
      end
      return 1
      """;

  private final StatefulRedisConnection<String, byte[]> connection;

  RedisInFlight(StatefulRedisConnection<String, byte[]> connection) {
    this.connection = connection;
  }

  @Override
  public Mono<Entry> enter(String key, int amount, int most) {
    return Mono.defer(
        () -> {
          String id = UUID.randomUUID().toString();
          return run(ENTER, key, id, amount, most, LONGEST.toMillis())
              // A connection that broke may have carried the entry over before it did.
              .doOnError(failure -> leave(key, id, amount).subscribe(left -> {}, lost -> {}))
              .filter(entered -> entered == 1)
              .map(entered -> () -> leave(key, id, amount));
        });
  }

  /** Leaving twice is harmless, so it is tried again while the connection comes back. */
  private Mono<Void> leave(String key, String id, int amount) {
    return run(LEAVE, key, id, amount).retryWhen(LEAVE_RETRY).then();
  }

  private Mono<Long> run(String script, String key, String id, long... numbers) {
    byte[][] arguments = new byte[numbers.length + 1][];
    arguments[0] = id.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < numbers.length; i++) {
      arguments[i + 1] = Long.toString(numbers[i]).getBytes(StandardCharsets.US_ASCII);
    }
    String[] keys = {"omnimamba:in-flight:" + key};
    return Mono.fromCompletionStage(
        () ->
            connection
                .async()
                .<Long>eval(script, ScriptOutputType.INTEGER, keys, arguments)
                .toCompletableFuture());
  }
}
