package org.omnimamba.gateway;

import org.omnimamba.web.request.RequestIdFilter;
import org.omnimamba.web.request.RequestLog;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.core.Ordered;

/**
 * The order in which a request passes the gateway's filters, first to last; an answer passes them
 * the other way.
 */
public enum FilterOrder {
  // Every request passes these, whichever service answers it.

  /** Gives the request its id. Spring's observation of the request comes right after it. */
  REQUEST_ID(RequestIdFilter.ORDER),
  /** Logs and times everything that follows. */
  REQUEST_LOG(RequestLog.ORDER),
  /** Answers what is left when the process must end. */
  SHUTDOWN(Ordered.HIGHEST_PRECEDENCE + 60),
  // service-support's filter that refuses bodies which do not arrive while the process stops.
  /** Demands a host. */
  HOST(Ordered.HIGHEST_PRECEDENCE + 70),
  /** Path, method, key and scope. */
  ACCESS(Ordered.HIGHEST_PRECEDENCE + 100),
  /** Reads the bodies that the gateway itself answers. */
  ADMIN_BODY(Ordered.HIGHEST_PRECEDENCE + 200),

  // Only what goes on to a service passes these.

  /** Requests a minute, before their bodies are read. */
  REQUEST_LIMIT(-1100),
  /** Reads the body, from which the following filters take what they need. */
  BODY(-1000),
  /** Generated tokens a minute and pictures at one time. */
  GENERATION_LIMIT(-900),
  /** Counts what was used; only of what the limits let through. */
  USAGE(-875),
  /** Keeps pictures; after the limits, so that refusals pass as they are. */
  PICTURE_URLS(-850),
  /** Watches the answer and ends broken streams with an event. */
  RESPONSE(NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER - 100),
  /** Breaks the answer of a lost replica; so within the filter that mends broken streams. */
  TRIP(NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER - 50),
  // Spring's filter that writes the answer.
  // Spring's filter that makes the service's address out of the route.
  /** Chooses the replica and tries again; Spring's filter that sends the request comes last. */
  REPLICA(RouteToRequestUrlFilter.ROUTE_TO_URL_FILTER_ORDER + 100);

  private final int order;

  FilterOrder(int order) {
    this.order = order;
  }

  /** The place among filters, as Spring wants it. */
  public int order() {
    return order;
  }
}
