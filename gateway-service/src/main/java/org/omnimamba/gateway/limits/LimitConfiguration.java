package org.omnimamba.gateway.limits;

import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where counts are kept: in Redis if one is configured, else in this process. */
@Configuration(proxyBeanMethods = false)
class LimitConfiguration {
  private static final String REDIS = "omnimamba.gateway.limits.redis.url";

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(REDIS)
  static class Shared {
    @Bean
    RedisLink redisLink(LimitProperties properties) {
      return new RedisLink(redis(properties));
    }

    @Bean
    SharedLimits sharedLimits(RedisLink link, LimitProperties properties, MeterRegistry meters) {
      return new SharedLimits(
          link.stores(),
          redis(properties),
          new LocalBudgets(TimeMeter.SYSTEM_NANOTIME),
          new LocalInFlight(),
          meters.counter("omnimamba.gateway.limits.redis.failures"));
    }

    private static LimitProperties.Redis redis(LimitProperties properties) {
      LimitProperties.Redis redis = properties.redis();
      if (redis == null) {
        throw new IllegalStateException(REDIS + " is set, so its settings are there");
      }
      return redis;
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(name = REDIS, matchIfMissing = true, havingValue = "never")
  static class Local {
    @Bean
    BudgetStore localBudgets() {
      return new LocalBudgets(TimeMeter.SYSTEM_NANOTIME);
    }

    @Bean
    InFlightStore localInFlight() {
      return new LocalInFlight();
    }
  }
}
