package org.omnimamba.jobs.web.jobs;

import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.web.ConditionalOnApi;
import org.omnimamba.jobs.web.Ids;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.job.Job;
import org.omnimamba.web.internal.Tenant;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Finds the job that a path names. */
@Component
@ConditionalOnApi
class JobLookup {
  private final JobQueue queue;

  JobLookup(JobQueue queue) {
    this.queue = queue;
  }

  /** The tenant's job; the same problem for no id, an unknown one and another tenant's. */
  Mono<Job> find(Tenant tenant, String id) {
    return Ids.parse(id)
        .flatMap(uuid -> queue.get(tenant.name(), uuid))
        .filter(job -> job.kind().equals(JobKinds.INFERENCE))
        .switchIfEmpty(Mono.error(Problem::notFound));
  }
}
