package org.omnimamba.web.request;

/**
 * How a request went.
 *
 * @param route its address without ids, such as {@code /v1/jobs/{id}}
 * @param status of the answer; {@value #CLIENT_WENT_AWAY} when the client did not wait for its end
 * @param nanos from its headers to the end of its answer
 * @param firstByteNanos to the beginning of its answer; 0 when there was none
 */
public record FinishedRequest(String route, int status, long nanos, long firstByteNanos) {
  /** The status of a request whose client went away. */
  public static final int CLIENT_WENT_AWAY = 499;
}
