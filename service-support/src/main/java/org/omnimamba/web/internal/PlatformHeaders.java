package org.omnimamba.web.internal;

/** Names of the headers that services send one another. */
public final class PlatformHeaders {
  /** Begins the names, in lower case, of headers that must never reach a client. */
  public static final String PRIVATE_PREFIX = "x-omnimamba-";

  /** Proves that a request comes from inside the platform. */
  public static final String INTERNAL_TOKEN = "X-OmniMamba-Internal-Token";

  /** On whose behalf a request is made; the gateway sets it. */
  public static final String TENANT = "X-OmniMamba-Tenant";

  /** Names the key that a request came with; the gateway sets it. */
  public static final String KEY = "X-OmniMamba-Key";

  /** Under what inference-service remembers what was made for a request; the gateway sets it. */
  public static final String USAGE_TICKET = "X-OmniMamba-Usage-Ticket";

  /**
   * What kind of request it is; {@link #JOB} lets requests go first whose answer is waited for at a
   * connection, as are all that do not have this header.
   */
  public static final String TRAFFIC = "X-OmniMamba-Traffic";

  /** The value of {@link #TRAFFIC} for the request of a durable job, which can wait. */
  public static final String JOB = "job";

  /** How many tokens a replica has still to process; it is in all its responses. */
  public static final String OUTSTANDING_TOKENS = "X-OmniMamba-Outstanding-Tokens";

  /** Ties the log lines of a request together; clients may send it and always receive it. */
  public static final String REQUEST_ID = "x-request-id";

  private PlatformHeaders() {}
}
