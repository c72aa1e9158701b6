package org.omnimamba.jobs.response;

import java.time.Clock;
import java.util.Map;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.result.JobResult;
import org.omnimamba.jobs.result.ResultStores;
import org.omnimamba.jobs.result.UpstreamErrors;
import org.omnimamba.jobs.usage.JobUsage;
import org.omnimamba.jobs.worker.InferenceAttempts;
import org.omnimamba.jobs.worker.JobMemory;
import org.omnimamba.jobs.worker.UpstreamException;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.StoredResult;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.queue.worker.JobContext;
import org.omnimamba.queue.worker.JobHandler;
import org.omnimamba.queue.worker.JobOutcome;
import org.omnimamba.web.usage.Usage;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs one attempt of a request of a batch whose body is one of {@code POST /v1/responses}. Its
 * result is the response as a whole; what would be answered with 400 is kept as that answer.
 */
public final class ResponseLineHandler implements JobHandler {
  private static final int BAD_REQUEST = 400;

  private final InferenceAttempts attempts;
  private final ResponseEngine engine;
  private final ResponseStore store;
  private final ConversationMemory conversations;
  private final ResultStores results;
  private final UpstreamErrors errors;
  private final JobUsage usage;
  private final JobJson json;
  private final Clock clock;

  ResponseLineHandler(
      InferenceAttempts attempts,
      ResponseEngine engine,
      ResponseStore store,
      ConversationMemory conversations,
      ResultStores results,
      UpstreamErrors errors,
      JobUsage usage,
      JobJson json,
      Clock clock) {
    this.attempts = attempts;
    this.engine = engine;
    this.store = store;
    this.conversations = conversations;
    this.results = results;
    this.errors = errors;
    this.usage = usage;
    this.json = json;
    this.clock = clock;
  }

  @Override
  public Mono<JobOutcome> handle(JobContext context) {
    return attempts.run(
        context,
        space ->
            Mono.using(
                    conversations::open,
                    conversation -> answer(context, space, conversation),
                    ConversationMemory.Space::close)
                .onErrorMap(UpstreamException.class, ResponseParams::aboutTheResponse)
                .onErrorResume(RefusedResponseException.class, this::refused));
  }

  private Mono<JobOutcome> answer(
      JobContext context, JobMemory.Space space, ConversationMemory.Space conversation) {
    Job job = context.job();
    ResponseRequest request = ResponseRequestReader.readLine(json.tree(context.payload()));
    StoredResponse response =
        new StoredResponse(job.id(), job.times().created(), request.head(), null, null);
    ResponseAssembly assembly = new ResponseAssembly(response, request.draws(), space, clock);
    return store
        .conversation(job.tenant(), request.previous(), conversation)
        .map(request::upstream)
        .flatMapMany(
            body -> engine.work(request.endpoint(), job.tenant(), job.id().toString(), body))
        .doOnNext(assembly::accept)
        .then(Mono.fromSupplier(assembly::end))
        .flatMap(end -> keep(context, request, response, end, assembly.used()));
  }

  private Mono<JobOutcome> keep(
      JobContext context,
      ResponseRequest request,
      StoredResponse response,
      ObjectNode end,
      Usage used) {
    byte[] whole = json.bytes(response.endedWith(end).object());
    JobResult result =
        new JobResult(Map.of(JobResult.RESPONSE, new StoredResult("application/json", whole)));
    TransactionHook storing = request.store() ? store.storing(request, end) : TransactionHook.NONE;
    return results
        .prepare(context.claim(), result)
        .map(
            prepared ->
                JobOutcome.completed(
                    prepared.reference(), prepared.hook().then(storing).then(usage.adding(used))));
  }

  private Mono<JobOutcome> refused(RefusedResponseException refusal) {
    String message = String.valueOf(refusal.getMessage());
    ObjectNode error = json.object();
    error.put("message", message);
    error.put("type", "invalid_request_error");
    error.put("param", refusal.param());
    error.put("code", refusal.code());
    return Mono.just(
        JobOutcome.failed(new JobError("invalid_request", message))
            .with(errors.saving(error, BAD_REQUEST)));
  }
}
