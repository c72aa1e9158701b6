package org.omnimamba.jobs.file;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.config.ResultProperties;
import org.omnimamba.jobs.config.ResultProperties.Store;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** Chooses the store for new files as that for results is chosen; every configured one is read. */
@Configuration(proxyBeanMethods = false)
class FileConfiguration {
  @Bean
  FileStore fileStore(
      DatabaseClient database, JobsProperties properties, ObjectProvider<S3AsyncClient> client) {
    List<PieceStore> stores = new ArrayList<>();
    stores.add(new PostgresPieces(database));
    ResultProperties.S3 s3 = properties.results().s3();
    S3AsyncClient connected = client.getIfAvailable();
    if (s3 != null && connected != null) {
      stores.add(
          properties.results().store() == Store.S3 ? 0 : 1, new S3Pieces(connected, s3.bucket()));
    }
    return new FileStore(database, stores, properties.files().maxFiles());
  }
}
