package org.omnimamba.jobs.web.files;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.omnimamba.jobs.config.FileProperties;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.file.FileStore;
import org.omnimamba.jobs.file.FileUpload;
import org.omnimamba.jobs.file.StoredFile;
import org.omnimamba.jobs.file.TooManyFilesException;
import org.omnimamba.jobs.web.ConditionalOnApi;
import org.omnimamba.jobs.web.problem.OpenAiError;
import org.omnimamba.web.body.BodyException;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.codec.multipart.PartEvent;
import org.springframework.http.codec.multipart.PartEventHttpMessageReader;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads uploads part by part into files. */
@Component
@ConditionalOnApi
class FileUploads {
  private static final ResolvableType EVENT = ResolvableType.forClass(PartEvent.class);
  private static final int MOST_PARTS = 16;
  private static final int LONGEST_FIELD = 8 * 1024;

  private final FileStore files;
  private final FileProperties limits;
  private final PartEventHttpMessageReader parts = new PartEventHttpMessageReader();

  FileUploads(FileStore files, JobsProperties properties) {
    this.files = files;
    this.limits = properties.files();
    parts.setMaxParts(MOST_PARTS);
    parts.setMaxInMemorySize(LONGEST_FIELD);
  }

  /**
   * Stores the file of a request. However that ends before all of it is there, nothing stays.
   *
   * @return fails with {@link OpenAiError} or {@link BodyException}
   */
  Mono<StoredFile> read(String tenant, ServerHttpRequest request) {
    if (!isForm(request)) {
      return Mono.error(
          new OpenAiError(
              HttpStatus.UNSUPPORTED_MEDIA_TYPE,
              null,
              null,
              "unsupported_media_type",
              "The content type must be multipart/form-data."));
    }
    UploadBody body = new UploadBody(request, limits.maxSize().toBytes());
    return Mono.usingWhen(
            files.begin(tenant),
            upload -> store(upload, body),
            upload -> Mono.empty(),
            (upload, error) -> upload.abandon().onErrorComplete(),
            upload -> upload.abandon().onErrorComplete())
        .onErrorMap(this::refusal)
        .onErrorResume(OpenAiError.class, refusal -> afterTheRest(body, refusal));
  }

  /** A refusal that comes when its client has sent all, or is told not to use the connection. */
  private <T> Mono<T> afterTheRest(UploadBody body, OpenAiError refusal) {
    return body.drained()
        .timeout(limits.idleTimeout(), Mono.empty())
        .then(
            Mono.error(
                () ->
                    body.isWhole()
                        ? refusal
                        : refusal.withHeader(HttpHeaders.CONNECTION, "close")));
  }

  private static boolean isForm(ServerHttpRequest request) {
    try {
      MediaType type = request.getHeaders().getContentType();
      return type != null
          && type.equalsTypeAndSubtype(MediaType.MULTIPART_FORM_DATA)
          && type.getParameter("boundary") != null;
    } catch (InvalidMediaTypeException e) {
      return false;
    }
  }

  private Mono<StoredFile> store(FileUpload upload, UploadBody request) {
    FileForm form = new FileForm(upload, limits);
    return Flux.from(parts.read(EVENT, request, Map.of()))
        .cast(PartEvent.class)
        .timeout(limits.idleTimeout())
        .concatMap(form::accept, 1)
        .then(Mono.defer(form::complete));
  }

  private Throwable refusal(Throwable thrown) {
    if (thrown instanceof OpenAiError || thrown instanceof BodyException) {
      return thrown;
    }
    if (thrown instanceof TooManyFilesException full) {
      return OpenAiError.invalid(
          null,
          "file_limit_exceeded",
          "There are " + full.limit() + " files, as many as there may be; delete some first.");
    }
    if (thrown instanceof TimeoutException) {
      return new BodyException(
          BodyException.Reason.TOO_SLOW,
          "Nothing of the file arrived for " + limits.idleTimeout().toSeconds() + " seconds.");
    }
    if (thrown instanceof DecodingException || thrown instanceof DataBufferLimitException) {
      return OpenAiError.invalid(
          null,
          "invalid_multipart",
          "The body is not a form of at most 16 short parts and a file.");
    }
    return thrown instanceof IOException
            || DisconnectedClientHelper.isClientDisconnectedException(thrown)
        ? new BodyException(
            BodyException.Reason.CLIENT_GONE,
            "The connection was closed before the body had arrived.")
        : thrown;
  }
}
