package org.omnimamba.hub.http;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The next try may go well. */
public final class TransientFailure extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Duration asked;

  /**
   * @param message what the other side does: {@code answers 503}
   * @param asked pause that the server asks for
   */
  public TransientFailure(String message, @Nullable Duration asked) {
    super(message);
    this.asked = asked;
  }

  @Nullable Duration asked() {
    return asked;
  }
}
