package org.omnimamba.jobs.web.files;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.file.FileIds;
import org.omnimamba.jobs.file.FileStore;
import org.omnimamba.jobs.file.StoredFile;
import org.omnimamba.jobs.web.ConditionalOnApi;
import org.omnimamba.jobs.web.Conditions;
import org.omnimamba.jobs.web.problem.OpenAiError;
import org.omnimamba.web.internal.Tenant;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Takes, shows, lists, gives out and deletes files, in OpenAI's shapes. */
@RestController
@RequestMapping("/v1/files")
@Tag(name = "Files")
@ConditionalOnApi
class FilesController {
  private static final String FILE = "file";
  private static final int MOST_LISTED = 10_000;

  /** What files are for: those of clients, and those that batches write. */
  private static final List<String> PURPOSES = List.of("batch", "batch_output", "vision");

  private final FileStore files;
  private final FileUploads uploads;

  FilesController(FileStore files, FileUploads uploads) {
    this.files = files;
    this.uploads = uploads;
  }

  @PostMapping
  @Operation(
      summary = "Uploads a file",
      requestBody =
          @RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = MediaType.MULTIPART_FORM_DATA_VALUE,
                      schema = @Schema(implementation = FileView.Form.class))))
  Mono<FileView> upload(Tenant tenant, ServerWebExchange exchange) {
    return uploads.read(tenant.name(), exchange.getRequest()).map(FileView::of);
  }

  @GetMapping
  @Operation(summary = "Lists files")
  Mono<FileView.Page> list(
      Tenant tenant,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(defaultValue = "10000") int limit,
      @RequestParam(defaultValue = "desc") String order,
      @RequestParam(required = false) @Nullable String purpose) {
    if (limit < 1 || limit > MOST_LISTED) {
      return Mono.error(
          OpenAiError.invalid("limit", "invalid_value", "limit must be 1 to " + MOST_LISTED + "."));
    }
    if (!order.equals("asc") && !order.equals("desc")) {
      return Mono.error(
          OpenAiError.invalid("order", "invalid_value", "order must be 'asc' or 'desc'."));
    }
    if (purpose != null && !PURPOSES.contains(purpose)) {
      return Mono.error(
          OpenAiError.invalid(
              "purpose",
              "invalid_value",
              "purpose must be 'batch', 'batch_output' or 'vision', not '" + purpose + "'."));
    }
    UUID position =
        after == null
            ? null
            : FileIds.parse(after)
                .orElseThrow(
                    () ->
                        OpenAiError.invalid(
                            "after", "invalid_value", "after is not the id of a file."));
    return files
        .list(tenant.name(), purpose, position, order.equals("asc"), limit + 1)
        .collectList()
        .map(found -> FileView.Page.of(found, limit));
  }

  @GetMapping("/{id}")
  @Operation(summary = "Shows a file")
  Mono<FileView> get(Tenant tenant, @PathVariable String id) {
    return find(tenant, id).map(FileView::of);
  }

  @DeleteMapping("/{id}")
  @Operation(summary = "Deletes a file")
  Mono<FileView.Deletion> delete(Tenant tenant, @PathVariable String id) {
    return find(tenant, id)
        .flatMap(file -> files.delete(tenant.name(), file.id()))
        .filter(deleted -> deleted)
        .switchIfEmpty(
            Mono.error(
                () ->
                    new OpenAiError(
                        HttpStatus.CONFLICT,
                        null,
                        null,
                        "file_in_use",
                        "A batch reads this file; it can be deleted when that has ended.")))
        .thenReturn(new FileView.Deletion(id, FILE, true));
  }

  @GetMapping("/{id}/content")
  @Operation(summary = "The bytes of a file, or the range of them that is asked for")
  Mono<ResponseEntity<Flux<DataBuffer>>> content(
      Tenant tenant, @PathVariable String id, ServerWebExchange exchange) {
    return find(tenant, id)
        .map(
            file -> {
              String tag = "\"" + FileIds.name(file.id()) + "\"";
              HttpHeaders asked = exchange.getRequest().getHeaders();
              Optional<ResponseEntity<Flux<DataBuffer>>> known = Conditions.notModified(asked, tag);
              boolean head = exchange.getRequest().getMethod() == HttpMethod.HEAD;
              return known.orElseGet(
                  () ->
                      answer(
                          file,
                          tag,
                          // A range means something to GET alone.
                          !head && Conditions.rangeIsMeant(asked, tag)
                              ? ByteRange.of(asked, file.bytes())
                              : Optional.empty(),
                          head));
            });
  }

  private ResponseEntity<Flux<DataBuffer>> answer(
      StoredFile file, String tag, Optional<ByteRange> asked, boolean head) {
    ByteRange range = asked.orElseGet(() -> new ByteRange(0, file.bytes()));
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.status(asked.isPresent() ? HttpStatus.PARTIAL_CONTENT : HttpStatus.OK)
            .eTag(tag)
            .contentType(MediaType.APPLICATION_OCTET_STREAM)
            .contentLength(range.length())
            .header(HttpHeaders.ACCEPT_RANGES, "bytes")
            .header(HttpHeaders.CACHE_CONTROL, "private, no-cache")
            .header("X-Content-Type-Options", "nosniff");
    if (asked.isPresent()) {
      answer.header(HttpHeaders.CONTENT_RANGE, range.contentRange(file.bytes()));
    }
    return head
        ? answer.build()
        : answer.body(
            files
                .read(file, range.from(), range.length())
                .map(DefaultDataBufferFactory.sharedInstance::wrap));
  }

  private Mono<StoredFile> find(Tenant tenant, String id) {
    return Mono.justOrEmpty(FileIds.parse(id))
        .flatMap(uuid -> files.find(tenant.name(), uuid))
        .switchIfEmpty(Mono.error(() -> OpenAiError.notFound(FILE, id)));
  }
}
