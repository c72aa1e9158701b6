package org.omnimamba.jobs.web.jobs;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.omnimamba.jobs.job.Endpoint;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.result.JobResult;
import org.omnimamba.jobs.result.ResultStores;
import org.omnimamba.jobs.web.ConditionalOnApi;
import org.omnimamba.jobs.web.Conditions;
import org.omnimamba.jobs.web.access.ExchangeEnd;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.StoredResult;
import org.omnimamba.web.internal.Tenant;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Gives out the bytes of a result: a picture, or a chat's answer as JSON. */
@RestController
@Tag(name = "Jobs")
@ConditionalOnApi
class JobContentController {
  private static final int MAX_INDEX = 1000;

  /** The bytes, and what of them the network has not sent. */
  private static final int COPIES = 2;

  private final JobLookup jobs;
  private final ResultStores results;
  private final JobJson json;
  private final DownloadLimit downloads;
  private final ResultMemory memory;

  JobContentController(
      JobLookup jobs,
      ResultStores results,
      JobJson json,
      DownloadLimit downloads,
      ResultMemory memory) {
    this.memory = memory;
    this.jobs = jobs;
    this.results = results;
    this.json = json;
    this.downloads = downloads;
  }

  @GetMapping("/v1/jobs/{id}/content")
  @Operation(summary = "The bytes of a completed job's picture, or of a chat's answer")
  Mono<ResponseEntity<byte[]>> content(
      Tenant tenant,
      @PathVariable String id,
      @RequestParam(defaultValue = "0") int index,
      ServerWebExchange exchange) {
    return jobs.find(tenant, id)
        .doOnNext(job -> ExchangeEnd.run(exchange, downloads.acquire(tenant.name())))
        .flatMap(job -> content(job, index, exchange));
  }

  private Mono<ResponseEntity<byte[]>> content(Job job, int index, ServerWebExchange exchange) {
    String reference = job.resultReference();
    if (job.status() != JobStatus.COMPLETED || reference == null) {
      return Mono.error(
          new Problem(
              ProblemType.CONFLICT,
              "The job has no result; its status is " + job.status().wireName() + "."));
    }
    if (index < 0 || index > MAX_INDEX) {
      return Mono.error(Problem.notFound());
    }
    String tag = "\"" + job.id() + "-" + index + "\"";
    String name =
        json.attributes(job.attributes()).endpoint().equals(Endpoint.IMAGES.path())
            ? JobResult.image(index)
            : index == 0 ? JobResult.RESPONSE : JobResult.image(index);
    return results
        .read(reference, name)
        .flatMap(stored -> memory.hold(stored, COPIES))
        .map(
            stored ->
                Conditions.<byte[]>notModified(exchange.getRequest().getHeaders(), tag)
                    .orElseGet(() -> answer(stored, tag)))
        .switchIfEmpty(Mono.defer(() -> missing(reference)));
  }

  private static ResponseEntity<byte[]> answer(StoredResult stored, String tag) {
    return ResponseEntity.ok()
        .eTag(tag)
        .contentType(MediaType.parseMediaType(stored.contentType()))
        .header("Cache-Control", "private, max-age=3600")
        .header("Accept-Ranges", "none")
        .header("X-Content-Type-Options", "nosniff")
        .body(stored.body());
  }

  /** An index that never was, or a result that has been cleared away. */
  private Mono<ResponseEntity<byte[]>> missing(String reference) {
    return results
        .read(reference, JobResult.RESPONSE)
        .hasElement()
        .flatMap(
            there ->
                Mono.error(
                    there
                        ? Problem.notFound()
                        : new Problem(ProblemType.GONE, "The result is not kept any more.")));
  }
}
