package org.omnimamba.jobs.web.jobs;

import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.job.JobAttributes;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.result.JobResult;
import org.omnimamba.jobs.result.ResultStores;
import org.omnimamba.jobs.web.jobs.JobView.ErrorView;
import org.omnimamba.jobs.web.jobs.JobView.ProgressView;
import org.omnimamba.queue.Job;
import org.omnimamba.queue.JobStatus;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Makes what the API shows of a job. */
@Component
class JobViews {
  private final JobJson json;
  private final ResultStores results;

  JobViews(JobJson json, ResultStores results) {
    this.json = json;
    this.results = results;
  }

  /** The job without its result. */
  JobView summary(Job job) {
    return view(job, null);
  }

  /** The job with its result, when it has completed and the result is still there. */
  Mono<JobView> full(Job job) {
    String reference = job.resultReference();
    if (job.status() != JobStatus.COMPLETED || reference == null) {
      return Mono.just(summary(job));
    }
    return results
        .read(reference, JobResult.RESPONSE)
        .map(stored -> view(job, json.tree(stored.body())))
        .defaultIfEmpty(summary(job));
  }

  private JobView view(Job job, @Nullable JsonNode result) {
    JobAttributes attributes = json.attributes(job.attributes());
    return new JobView(
        job.id(),
        "job",
        job.status().wireName(),
        attributes.endpoint(),
        job.priority(),
        job.attempt(),
        job.maxAttempts(),
        new ProgressView(job.progress().done(), job.progress().total()),
        job.times().created(),
        job.times().started(),
        job.times().finished(),
        job.times().deadline(),
        attributes.metadata(),
        attributes.webhook(),
        job.error() == null ? null : new ErrorView(job.error().code(), job.error().message()),
        result);
  }
}
