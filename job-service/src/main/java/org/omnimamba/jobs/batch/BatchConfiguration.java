package org.omnimamba.jobs.batch;

import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.queue.TerminalWriter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is written when requests of batches end, on every replica: any may end a job. */
@Configuration(proxyBeanMethods = false)
class BatchConfiguration {
  @Bean
  TerminalWriter batchLineEnd() {
    return new BatchLineEnd(JobKinds.BATCH_LINE);
  }

  @Bean
  TerminalWriter batchResponseEnd() {
    return new BatchLineEnd(JobKinds.BATCH_RESPONSE);
  }
}
