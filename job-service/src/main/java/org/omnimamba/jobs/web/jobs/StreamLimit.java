package org.omnimamba.jobs.web.jobs;

import org.omnimamba.jobs.config.JobsProperties;
import org.springframework.stereotype.Component;

/** Requests kept open to watch jobs: event streams, and clients that wait for a job's end. */
@Component
public class StreamLimit extends TenantShares {
  StreamLimit(JobsProperties properties) {
    super(properties.api().maxStreams(), "event streams and waiting requests");
  }
}
