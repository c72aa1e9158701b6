package org.omnimamba.jobs.result;

import java.util.List;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.JobResults;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Chooses the store for new results. */
@Configuration(proxyBeanMethods = false)
class ResultConfiguration {

  @Bean
  ResultStores resultStores(JobQueue queue, JobsProperties properties) {
    return new ResultStores(List.of(new PostgresResultStore(new JobResults(queue))));
  }
}
