package org.omnimamba.jobs.webhook;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A registered receiver.
 *
 * @param id its id
 * @param tenant whose it is
 * @param url where to
 * @param events which events it wants
 * @param description the tenant's own words
 * @param secretId its secret
 * @param disabledReason why it gets nothing, or null while it does
 * @param createdAt when it was registered
 * @param updatedAt when it was last changed
 */
public record WebhookEndpoint(
    UUID id,
    String tenant,
    String url,
    List<String> events,
    @Nullable String description,
    UUID secretId,
    @Nullable String disabledReason,
    Instant createdAt,
    Instant updatedAt) {

  /** Disabled by its owner. */
  public static final String BY_OWNER = "disabled by its owner";

  /** Disabled because it answered 410. */
  public static final String GONE = "the receiver answered 410 Gone";

  /** Whether it gets webhooks. */
  public boolean isEnabled() {
    return disabledReason == null;
  }
}
