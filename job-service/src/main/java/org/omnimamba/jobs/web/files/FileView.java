package org.omnimamba.jobs.web.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.file.FileIds;
import org.omnimamba.jobs.file.StoredFile;

/**
 * A file as the API shows it. Times are seconds since 1970.
 *
 * @param id its id
 * @param object always {@code file}
 * @param bytes its length
 * @param createdAt when it was uploaded
 * @param expiresAt when it is removed, absent when it is kept
 * @param filename the name that its uploader gave
 * @param purpose what it is for
 * @param status always {@code processed}
 */
@Schema(name = "File")
record FileView(
    String id,
    String object,
    long bytes,
    @JsonProperty("created_at") long createdAt,
    @JsonProperty("expires_at") @Nullable Long expiresAt,
    String filename,
    String purpose,
    String status) {

  static FileView of(StoredFile file) {
    Instant expires = file.expiresAt();
    return new FileView(
        FileIds.name(file.id()),
        "file",
        file.bytes(),
        file.createdAt().getEpochSecond(),
        expires == null ? null : expires.getEpochSecond(),
        file.filename(),
        file.purpose(),
        "processed");
  }

  /**
   * A page of files.
   *
   * @param object always {@code list}
   * @param data the files
   * @param firstId the first of them, absent on an empty page
   * @param lastId the last of them: the value of {@code after} for the next page
   * @param hasMore whether there are more
   */
  @Schema(name = "FileList")
  record Page(
      String object,
      List<FileView> data,
      @JsonProperty("first_id") @Nullable String firstId,
      @JsonProperty("last_id") @Nullable String lastId,
      @JsonProperty("has_more") boolean hasMore) {

    /** A page out of one file more than it shows, if there is one more. */
    static Page of(List<StoredFile> found, int limit) {
      List<FileView> data = found.stream().limit(limit).map(FileView::of).toList();
      return new Page(
          "list",
          data,
          data.isEmpty() ? null : data.get(0).id(),
          data.isEmpty() ? null : data.get(data.size() - 1).id(),
          found.size() > limit);
    }
  }

  /**
   * What a deletion did.
   *
   * @param id the file's id
   * @param object always {@code file}
   * @param deleted always true
   */
  @Schema(name = "FileDeletion")
  record Deletion(String id, String object, boolean deleted) {}

  /** The form of an upload, for its description; it is read part by part. */
  @Schema(
      name = "NewFile",
      requiredProperties = {"file", "purpose"})
  record Form(
      @Schema(type = "string", format = "binary") byte @Nullable [] file,
      @Schema(allowableValues = {"batch", "vision"}) @Nullable String purpose,
      @JsonProperty("expires_after[anchor]") @Schema(allowableValues = {"created_at"})
          @Nullable String expiresAfterAnchor,
      @JsonProperty("expires_after[seconds]") @Schema(minimum = "3600", maximum = "2592000")
          @Nullable Integer expiresAfterSeconds) {}
}
