package org.omnimamba.web.request;

import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.util.context.Context;

/**
 * Errors that come after a request has ended, when nothing takes them any more. A client that hangs
 * up while its body is read causes one; that is no fault of this service. Reactor would log it with
 * its stack.
 */
final class DroppedErrors {
  private static final Logger log = LoggerFactory.getLogger(DroppedErrors.class);

  /** Where Reactor looks for what takes them. */
  private static final String KEY = "reactor.onErrorDropped.local";

  private static final Consumer<Throwable> HANDLER = DroppedErrors::take;

  private DroppedErrors() {}

  static Context quiet(Context context) {
    return context.put(KEY, HANDLER);
  }

  private static void take(Throwable error) {
    if (DisconnectedClientHelper.isClientDisconnectedException(error)) {
      log.debug("A client went away: {}", error.toString());
    } else {
      log.error("An error came after its request had ended", error);
    }
  }
}
