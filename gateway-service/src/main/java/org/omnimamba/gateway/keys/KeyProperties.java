package org.omnimamba.gateway.keys;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How stored keys are handled.
 *
 * @param cachedFor how long an answer of the database is remembered; also the longest that a
 *     revoked key can go on working while the channel that announces revocations is down
 * @param usesWrittenEvery how often the time of last use is written
 */
@ConfigurationProperties("omnimamba.gateway.keys")
record KeyProperties(
    @DefaultValue("10s") Duration cachedFor, @DefaultValue("1m") Duration usesWrittenEvery) {
  KeyProperties {
    if (cachedFor.toMillis() <= 0 || cachedFor.compareTo(Duration.ofMinutes(10)) > 0) {
      throw new IllegalArgumentException("cached-for must be above 0 and at most 10 minutes");
    }
    if (usesWrittenEvery.toMillis() <= 0) {
      throw new IllegalArgumentException("uses-written-every must be above 0");
    }
  }
}
