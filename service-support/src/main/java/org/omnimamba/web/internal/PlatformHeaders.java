package org.omnimamba.web.internal;

/** Names of the headers that services send one another. */
public final class PlatformHeaders {
  /** Begins the names, in lower case, of headers that must never reach a client. */
  public static final String PRIVATE_PREFIX = "x-omnimamba-";

  /** Proves that a request comes from inside the platform. */
  public static final String INTERNAL_TOKEN = "X-OmniMamba-Internal-Token";

  /** On whose behalf a request is made; the gateway sets it. */
  public static final String TENANT = "X-OmniMamba-Tenant";

  /** How many tokens a replica has still to process; it is in all its responses. */
  public static final String OUTSTANDING_TOKENS = "X-OmniMamba-Outstanding-Tokens";

  /** Ties the log lines of a request together; clients may send it and always receive it. */
  public static final String REQUEST_ID = "x-request-id";

  private PlatformHeaders() {}
}
