package org.omnimamba.hub.http;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A token and the only one who gets it.
 *
 * @param token null for none
 */
public record Credentials(Origin hub, @Nullable String token) {

  /** The value of the header {@code Authorization} for this address; null for none. */
  @Nullable String authorization(URI address) {
    return token != null && hub.isPrivate() && Origin.of(address).equals(hub)
        ? "Bearer " + token
        : null;
  }

  @Override
  public String toString() {
    return "Credentials[hub=" + hub + "]";
  }
}
