package org.omnimamba.jobs.web.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.job.JobAttributes;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.result.JobResult;
import org.omnimamba.jobs.result.ResultStores;
import org.omnimamba.jobs.result.UpstreamErrors;
import org.omnimamba.jobs.web.jobs.JobView.ErrorView;
import org.omnimamba.jobs.web.jobs.JobView.ProgressView;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobStatus;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Makes what the API shows of a job. */
@Component
class JobViews {
  /** The bytes, their text, and the answer that the text is copied into. */
  private static final int COPIES = 4;

  private final JobJson json;
  private final ResultStores results;
  private final UpstreamErrors errors;
  private final ResultMemory memory;

  JobViews(JobJson json, ResultStores results, UpstreamErrors errors, ResultMemory memory) {
    this.memory = memory;
    this.json = json;
    this.results = results;
    this.errors = errors;
  }

  /** The job without its result. */
  JobView summary(Job job) {
    return view(job, null, null);
  }

  /** The job with its result or the whole of its error, as far as they are still there. */
  Mono<JobView> full(Job job) {
    String reference = job.resultReference();
    if (job.status() == JobStatus.COMPLETED && reference != null) {
      return results
          .read(reference, JobResult.RESPONSE)
          .flatMap(stored -> memory.hold(stored, COPIES))
          .map(stored -> view(job, new String(stored.body(), UTF_8), null))
          .defaultIfEmpty(summary(job));
    }
    if (job.error() != null) {
      return errors
          .find(job.id())
          .map(upstream -> view(job, null, upstream))
          .defaultIfEmpty(summary(job));
    }
    return Mono.just(summary(job));
  }

  private JobView view(Job job, @Nullable String result, @Nullable JsonNode upstream) {
    JobAttributes attributes = json.attributes(job.attributes());
    return new JobView(
        job.id(),
        "job",
        job.status().wireName(),
        attributes.endpoint(),
        attributes.summary(),
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
        job.error() == null
            ? null
            : new ErrorView(job.error().code(), job.error().message(), upstream),
        result);
  }
}
