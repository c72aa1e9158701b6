package org.omnimamba.jobs.batch;

import java.util.Optional;
import java.util.UUID;
import org.omnimamba.jobs.job.WireName;

/** The names of batches on the wire: {@code batch_} and 32 hexadecimal digits. */
public final class BatchIds {
  private static final WireName NAME = new WireName("batch_");

  private BatchIds() {}

  /** The name of an id. */
  public static String name(UUID id) {
    return NAME.of(id);
  }

  /** The id of a name; empty for what is no name of a batch. */
  public static Optional<UUID> parse(String name) {
    return NAME.parse(name);
  }
}
