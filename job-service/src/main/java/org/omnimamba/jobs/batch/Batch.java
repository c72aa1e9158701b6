package org.omnimamba.jobs.batch;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A batch as it is kept.
 *
 * @param id its id, which is that of the job that drives it
 * @param tenant whose it is
 * @param endpoint the path that all of its requests go to
 * @param inputFile the file with the requests
 * @param metadata the submitter's own pairs, a JSON object
 * @param outputSeconds how long its output files are kept
 * @param status where it stands
 * @param model the model of its requests, or null
 * @param errors what was wrong with its lines, a JSON array, or null
 * @param usage the tokens of its answers, a JSON object, or null while it runs
 * @param outputFile the answers, or null
 * @param errorFile the refusals, or null
 * @param counts its lines by how they ended
 * @param times when it came where
 */
public record Batch(
    UUID id,
    String tenant,
    String endpoint,
    UUID inputFile,
    String metadata,
    int outputSeconds,
    Status status,
    @Nullable String model,
    @Nullable String errors,
    @Nullable String usage,
    @Nullable UUID outputFile,
    @Nullable UUID errorFile,
    Counts counts,
    Times times) {

  /** Where a batch stands. */
  public enum Status {
    VALIDATING,
    FAILED,
    IN_PROGRESS,
    FINALIZING,
    COMPLETED,
    EXPIRED,
    CANCELLING,
    CANCELLED;

    /** The name in JSON and the database. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether nothing follows. */
    public boolean isTerminal() {
      return switch (this) {
        case FAILED, COMPLETED, EXPIRED, CANCELLED -> true;
        case VALIDATING, IN_PROGRESS, FINALIZING, CANCELLING -> false;
      };
    }
  }

  /**
   * Lines by how they ended.
   *
   * @param total all of them
   * @param completed with an answer
   * @param failed with an error
   */
  public record Counts(long total, long completed, long failed) {}

  /** The moments of a batch, by the database's clock; null for what has not happened. */
  public record Times(
      Instant created,
      Instant expires,
      @Nullable Instant inProgress,
      @Nullable Instant finalizing,
      @Nullable Instant completed,
      @Nullable Instant failed,
      @Nullable Instant expired,
      @Nullable Instant cancelling,
      @Nullable Instant cancelled) {}
}
