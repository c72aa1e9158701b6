package org.omnimamba.hub.download;

import java.io.IOException;

/** The file cannot be written here, whatever the other side does. */
final class DiskFailure extends IOException {
  private static final long serialVersionUID = 1L;

  DiskFailure(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
