package org.omnimamba.jobs.batch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.file.FileStore;
import org.omnimamba.jobs.file.FileUpload;
import org.omnimamba.jobs.file.StoredFile;
import org.omnimamba.jobs.job.Endpoint;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.job.WireName;
import org.omnimamba.jobs.result.JobResult;
import org.omnimamba.jobs.result.ResultStores;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes the output and the error file of a batch whose lines have all ended. */
@Component
class BatchFiles {
  private static final int PAGE = 100;
  private static final int SERVER_ERROR = 500;

  private final BatchLines lines;
  private final FileStore files;
  private final ResultStores results;
  private final JobJson json;

  BatchFiles(BatchLines lines, FileStore files, ResultStores results, JobJson json) {
    this.lines = lines;
    this.files = files;
    this.results = results;
    this.json = json;
  }

  /** The files of one batch while they are written; nobody sees them yet. */
  final class Writing {
    private final Batch batch;
    private final Batch.Status end;
    private final BatchUsage usage = new BatchUsage();
    private @Nullable FileUpload output;
    private @Nullable FileUpload errors;

    private Writing(Batch batch, Batch.Status end) {
      this.batch = batch;
      this.end = end;
    }

    private Mono<Writing> all() {
      return page(0)
          .expand(last -> last.size() < PAGE ? Mono.empty() : page(last.get(PAGE - 1).line()))
          .then(Mono.just(this));
    }

    private Mono<List<BatchLines.Ended>> page(int after) {
      return lines
          .ended(batch.id(), after, PAGE)
          .collectList()
          .flatMap(page -> Flux.fromIterable(page).concatMap(this::write, 1).then(Mono.just(page)));
    }

    private Mono<Void> write(BatchLines.Ended line) {
      String reference = line.resultReference();
      if (!line.status().equals("completed") || reference == null) {
        return error(line, response(line));
      }
      return results
          .read(reference, JobResult.RESPONSE)
          .flatMap(stored -> withPictures(reference, (ObjectNode) json.tree(stored.body())))
          .flatMap(
              body -> {
                usage.add(body.path("usage"));
                return answer(line, body);
              })
          .switchIfEmpty(
              Mono.defer(
                  () ->
                      error(line, failure(line, "result_lost", "The answer is not kept any more."))
                          .thenReturn(false)))
          .then();
    }

    private Mono<Boolean> answer(BatchLines.Ended line, ObjectNode body) {
      ObjectNode response = json.object();
      response.put("status_code", 200);
      response.put("request_id", String.valueOf(line.jobId()));
      response.set("body", body);
      Mono<FileUpload> upload =
          output == null
              ? files.beginOutput(batch.tenant()).doOnNext(begun -> output = begun)
              : Mono.just(output);
      return upload.flatMap(file -> append(file, line, response, null)).thenReturn(true);
    }

    private Mono<Void> error(BatchLines.Ended line, @Nullable ObjectNode response) {
      ObjectNode error = null;
      if (response == null) {
        boolean late = end == Batch.Status.EXPIRED;
        error = json.object();
        error.put("code", late ? "batch_expired" : "batch_cancelled");
        error.put(
            "message",
            late
                ? "The batch expired before this request was done."
                : "The batch was cancelled before this request was done.");
      }
      ObjectNode kept = error;
      Mono<FileUpload> upload =
          errors == null
              ? files.beginOutput(batch.tenant()).doOnNext(begun -> errors = begun)
              : Mono.just(errors);
      return upload.flatMap(file -> append(file, line, response, kept));
    }

    private Mono<Void> append(
        FileUpload file,
        BatchLines.Ended line,
        @Nullable ObjectNode response,
        @Nullable ObjectNode error) {
      ObjectNode whole = json.object();
      whole.put("id", "batch_req_" + WireName.digits(batch.id()) + "_" + line.line());
      whole.put("custom_id", line.customId());
      whole.set("response", response);
      whole.set("error", error);
      return file.append(
          ByteBuffer.wrap((json.write(whole) + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    /** The answer that a failed line had; null for one that was stopped. */
    private @Nullable ObjectNode response(BatchLines.Ended line) {
      if (line.status().equals("stopped")) {
        return null;
      }
      return failure(
          line,
          Objects.requireNonNullElse(line.errorCode(), "internal_error"),
          Objects.requireNonNullElse(line.errorMessage(), "The request failed."));
    }

    private ObjectNode failure(BatchLines.Ended line, String code, String message) {
      ObjectNode response = json.object();
      ObjectNode error = json.object();
      int status = SERVER_ERROR;
      if (line.upstreamError() == null) {
        error.put("message", message);
        error.put("type", "server_error");
        error.putNull("param");
        error.put("code", code);
      } else {
        JsonNode upstream = json.tree(line.upstreamError());
        status = upstream.path("status").asInt(SERVER_ERROR);
        upstream.properties().forEach(member -> error.set(member.getKey(), member.getValue()));
        error.remove("status");
      }
      response.put("status_code", status);
      response.put("request_id", String.valueOf(line.jobId()));
      response.putObject("body").set("error", error);
      return response;
    }

    /** Puts the pictures, which are kept apart, into the answer. */
    private Mono<ObjectNode> withPictures(String reference, ObjectNode body) {
      if (!batch.endpoint().equals(Endpoint.IMAGES.path())) {
        return Mono.just(body);
      }
      return Flux.range(0, body.path("data").size())
          .concatMap(
              index ->
                  results
                      .read(reference, JobResult.image(index))
                      .doOnNext(
                          picture -> {
                            ObjectNode datum = (ObjectNode) body.path("data").get(index);
                            datum.remove("url");
                            datum.put(
                                "b64_json", Base64.getEncoder().encodeToString(picture.body()));
                          }))
          .then(Mono.just(body));
    }

    /** Removes what was written; the upkeep does so where this fails. */
    private Mono<Void> abandon() {
      return Flux.just(Optional.ofNullable(output), Optional.ofNullable(errors))
          .concatMap(Mono::justOrEmpty)
          .concatMap(FileUpload::abandon)
          .onErrorComplete()
          .then();
    }

    String usage() {
      return json.write(usage.json(json));
    }

    /** Shows the output file, in the caller's transaction; empty when there is none. */
    Mono<StoredFile> showOutput() {
      return show(output, "output");
    }

    /** Shows the error file, in the caller's transaction; empty when there is none. */
    Mono<StoredFile> showErrors() {
      return show(errors, "error");
    }

    private Mono<StoredFile> show(@Nullable FileUpload upload, String what) {
      return upload == null
          ? Mono.empty()
          : upload.complete(
              BatchIds.name(batch.id()) + "_" + what + ".jsonl",
              "batch_output",
              Duration.ofSeconds(batch.outputSeconds()));
    }
  }

  /**
   * Writes both files, in the order of the lines.
   *
   * @param end how the batch will have ended
   */
  Mono<Writing> write(Batch batch, Batch.Status end) {
    return Mono.defer(
        () -> {
          Writing writing = new Writing(batch, end);
          return writing.all().onErrorResume(error -> writing.abandon().then(Mono.error(error)));
        });
  }
}
