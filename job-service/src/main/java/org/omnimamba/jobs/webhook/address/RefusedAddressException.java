package org.omnimamba.jobs.webhook.address;

/** A webhook address that is not to be contacted; the message says why, in words for the tenant. */
public final class RefusedAddressException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RefusedAddressException(String reason) {
    super(reason);
  }
}
