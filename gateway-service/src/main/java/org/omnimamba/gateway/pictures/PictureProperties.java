package org.omnimamba.gateway.pictures;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How pictures behind an address are kept.
 *
 * @param publicUrl where clients reach the gateway, such as {@code https://api.example.com};
 *     without it, where the request that drew the picture was sent
 * @param keptFor time until a picture's address ends
 * @param perTenant bytes of one tenant's pictures
 * @param memory bytes of all pictures, where they are kept in memory
 */
@ConfigurationProperties("omnimamba.gateway.pictures")
record PictureProperties(
    @Nullable URI publicUrl,
    @DefaultValue("1h") Duration keptFor,
    @DefaultValue("64MB") DataSize perTenant,
    @DefaultValue("128MB") DataSize memory) {
  PictureProperties {
    if (keptFor.toSeconds() < 1 || keptFor.compareTo(Duration.ofDays(7)) > 0) {
      throw new IllegalArgumentException("kept-for must be from 1 second to 7 days");
    }
    if (perTenant.toBytes() < 1 || memory.toBytes() < 1) {
      throw new IllegalArgumentException("per-tenant and memory must be at least 1 byte");
    }
    if (publicUrl != null && (publicUrl.getHost() == null || publicUrl.getRawQuery() != null)) {
      throw new IllegalArgumentException("public-url must be an http(s) address without a query");
    }
  }
}
