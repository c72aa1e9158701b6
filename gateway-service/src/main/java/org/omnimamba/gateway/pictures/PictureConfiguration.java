package org.omnimamba.gateway.pictures;

import java.time.Clock;
import org.omnimamba.web.database.Database;
import org.omnimamba.web.internal.InternalTokenProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where pictures are kept, and everything around that. */
@Configuration(proxyBeanMethods = false)
class PictureConfiguration {
  @Bean
  PictureStore pictureStore(
      ObjectProvider<Database> database, PictureProperties properties, Clock clock) {
    Database stored = database.getIfAvailable();
    return stored == null
        ? new MemoryPictures(properties, clock)
        : new StoredPictures(stored, properties.perTenant().toBytes());
  }

  @Bean
  PictureLinks pictureLinks(InternalTokenProperties token, Clock clock) {
    return new PictureLinks(token.accepted(), clock);
  }

  @Bean
  PictureUrlFilter pictureUrlFilter(
      PictureStore store, PictureLinks links, PictureProperties properties, Clock clock) {
    return new PictureUrlFilter(new PictureAnswers(store, links, properties, clock));
  }
}
