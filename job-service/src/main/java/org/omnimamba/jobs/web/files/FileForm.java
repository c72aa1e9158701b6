package org.omnimamba.jobs.web.files;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.config.FileProperties;
import org.omnimamba.jobs.file.FileUpload;
import org.omnimamba.jobs.file.StoredFile;
import org.omnimamba.jobs.web.problem.OpenAiError;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.codec.multipart.FormPartEvent;
import org.springframework.http.codec.multipart.PartEvent;
import reactor.core.publisher.Mono;

/**
 * The parts of one upload, in whatever order they come; their bytes are those of an {@link
 * UploadBody}.
 */
final class FileForm {
  private static final String BATCH = "batch";
  private static final Set<String> PURPOSES = Set.of(BATCH, "vision");
  private static final String FILE = "file";
  private static final String PURPOSE = "purpose";
  private static final String ANCHOR = "expires_after[anchor]";
  private static final String SECONDS = "expires_after[seconds]";
  private static final List<String> CODINGS =
      List.of("Content-Transfer-Encoding", HttpHeaders.CONTENT_ENCODING);

  /** Values that change no byte; of the first header clients write them still (RFC 7578, 4.7). */
  private static final Set<String> PLAIN = Set.of("7bit", "8bit", "binary", "identity");

  private static final int LONGEST_NAME = 255;
  private static final int SHORTEST_LIFE = 3600;
  private static final int LONGEST_LIFE = 2_592_000;

  private final FileUpload upload;
  private final FileProperties limits;
  private final Map<String, String> fields = new HashMap<>();
  private @Nullable String filename;
  private boolean fileEnded;

  FileForm(FileUpload upload, FileProperties limits) {
    this.upload = upload;
    this.limits = limits;
  }

  /** Takes the next piece of a part. */
  Mono<Void> accept(PartEvent event) {
    String coding = codingOf(event.headers());
    if (coding != null) {
      return Mono.error(
          OpenAiError.invalid(
              event.name(),
              "unsupported_encoding",
              "The part '%s' has the header %s; parts are taken as they are, without a coding."
                  .formatted(event.name(), coding)));
    }
    if (event.name().equals(FILE)) {
      return file(event);
    }
    if (!(event instanceof FormPartEvent field) || !isField(field.name())) {
      return Mono.error(
          OpenAiError.invalid(
              event.name(), "unknown_parameter", "Unknown parameter: '" + event.name() + "'."));
    }
    return fields.putIfAbsent(field.name(), field.value()) == null
        ? Mono.empty()
        : Mono.error(repeated(field.name()));
  }

  /** The header that says that the bytes of a part are to be decoded, or null. */
  private static @Nullable String codingOf(HttpHeaders part) {
    for (String name : CODINGS) {
      for (String value : part.getOrEmpty(name)) {
        if (!PLAIN.contains(value.strip().toLowerCase(Locale.ROOT))) {
          return name + ": " + value;
        }
      }
    }
    return null;
  }

  private static boolean isField(String name) {
    return name.equals(PURPOSE) || name.equals(ANCHOR) || name.equals(SECONDS);
  }

  private Mono<Void> file(PartEvent event) {
    if (fileEnded) {
      return Mono.error(repeated(FILE));
    }
    if (filename == null) {
      filename = filename(event.headers().getContentDisposition().getFilename());
    }
    fileEnded = event.isLast();
    DataBuffer content = event.content();
    if (upload.bytes() + content.readableByteCount() > mostBytes()) {
      return Mono.error(tooLarge(mostBytes()));
    }
    ByteBuffer copy = ByteBuffer.allocate(content.readableByteCount());
    content.toByteBuffer(copy);
    return upload.append(copy.rewind());
  }

  /** As long as nobody said what the file is for, the largest limit counts. */
  private long mostBytes() {
    return BATCH.equals(fields.get(PURPOSE))
        ? limits.maxBatchSize().toBytes()
        : limits.maxSize().toBytes();
  }

  /** Ends the upload when all of its parts were there and are good. */
  Mono<StoredFile> complete() {
    String purpose = fields.get(PURPOSE);
    if (purpose == null) {
      throw missing(PURPOSE);
    }
    if (!PURPOSES.contains(purpose)) {
      throw OpenAiError.invalid(
          PURPOSE, "invalid_value", "purpose must be 'batch' or 'vision', not '" + purpose + "'.");
    }
    if (filename == null || !fileEnded) {
      throw missing(FILE);
    }
    if (upload.bytes() > mostBytes()) {
      throw tooLarge(mostBytes());
    }
    if (upload.bytes() == 0) {
      throw OpenAiError.invalid(FILE, "empty_file", "The file is empty.");
    }
    Duration expiresAfter = expiresAfter();
    return upload.complete(
        filename,
        purpose,
        expiresAfter == null && purpose.equals(BATCH) ? limits.batchRetention() : expiresAfter);
  }

  private @Nullable Duration expiresAfter() {
    String anchor = fields.get(ANCHOR);
    String seconds = fields.get(SECONDS);
    if (anchor == null && seconds == null) {
      return null;
    }
    if (!"created_at".equals(anchor)) {
      throw OpenAiError.invalid(ANCHOR, "invalid_value", ANCHOR + " must be 'created_at'.");
    }
    int life = seconds != null && seconds.matches("[0-9]{1,9}") ? Integer.parseInt(seconds) : 0;
    if (life < SHORTEST_LIFE || life > LONGEST_LIFE) {
      throw OpenAiError.invalid(
          SECONDS,
          "invalid_value",
          SECONDS + " must be " + SHORTEST_LIFE + " to " + LONGEST_LIFE + ".");
    }
    return Duration.ofSeconds(life);
  }

  private static String filename(@Nullable String given) {
    if (given == null || given.isBlank()) {
      return "upload";
    }
    if (given.length() > LONGEST_NAME || given.chars().anyMatch(Character::isISOControl)) {
      throw OpenAiError.invalid(
          FILE,
          "invalid_value",
          "The file's name must have at most "
              + LONGEST_NAME
              + " characters, and no control characters.");
    }
    return given;
  }

  private static OpenAiError missing(String name) {
    return OpenAiError.invalid(
        name, "missing_required_parameter", "Missing required parameter: '" + name + "'.");
  }

  private static OpenAiError repeated(String name) {
    return OpenAiError.invalid(
        name, "invalid_value", "The parameter '" + name + "' must be there once.");
  }

  private static OpenAiError tooLarge(long most) {
    return new OpenAiError(
        HttpStatus.CONTENT_TOO_LARGE,
        null,
        FILE,
        "file_too_large",
        "The file is larger than the limit of " + most + " bytes.");
  }
}
