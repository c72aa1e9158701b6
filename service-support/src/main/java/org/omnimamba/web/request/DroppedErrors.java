package org.omnimamba.web.request;

import java.io.IOException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.omnimamba.web.logging.RepeatedWarning;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.codec.DecodingException;
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

  private static final RepeatedWarning LATE = new RepeatedWarning(log);

  private static final Consumer<Throwable> HANDLER = DroppedErrors::take;

  private DroppedErrors() {}

  static Context quiet(Context context) {
    return context.put(KEY, HANDLER);
  }

  private static void take(Throwable error) {
    if (DisconnectedClientHelper.isClientDisconnectedException(error)) {
      log.debug("A client went away: {}", error.toString());
    } else if (error instanceof DecodingException) {
      // a form's parser tells of it twice; the first time was the request's answer
      log.debug("A client sent what cannot be read: {}", error.toString());
    } else if (isOfNetwork(error)) {
      LATE.warn("network", "An error came after its request had ended: " + error);
    } else {
      log.error("An error came after its request had ended", error);
    }
  }

  /** Something that a request needs does not answer: that is no fault of the code. */
  private static boolean isOfNetwork(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException || cause instanceof TimeoutException) {
        return true;
      }
    }
    return false;
  }
}
