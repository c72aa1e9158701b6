package org.omnimamba.jobs.file;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.config.ResultProperties.Store;
import org.omnimamba.jobs.queue.Upkeep;
import org.omnimamba.jobs.result.S3Objects;
import org.omnimamba.web.database.DatabaseGate;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;

/** Chooses the store for new files as that for results is chosen; every configured one is read. */
@Configuration(proxyBeanMethods = false)
class FileConfiguration {
  @Bean
  FileStore fileStore(
      DatabaseClient database, JobsProperties properties, ObjectProvider<S3Objects> s3) {
    List<PieceStore> stores = new ArrayList<>();
    stores.add(new PostgresPieces(database));
    s3.ifAvailable(
        objects ->
            stores.add(properties.results().store() == Store.S3 ? 0 : 1, new S3Pieces(objects)));
    return new FileStore(database, stores, properties.files().maxFiles());
  }

  /** Removes files whose time is over and what broken uploads left; each replica helps. */
  @Bean
  Upkeep fileCleaning(FileStore files, DatabaseGate gate) {
    return new Upkeep("the removal of old files", files::clean, gate);
  }
}
