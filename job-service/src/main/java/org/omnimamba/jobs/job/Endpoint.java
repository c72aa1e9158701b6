package org.omnimamba.jobs.job;

import java.util.Arrays;
import java.util.Optional;

/** The requests of inference-service that can be made durable. */
public enum Endpoint {
  CHAT("/v1/chat/completions"),
  IMAGES("/v1/images/generations");

  private final String path;

  Endpoint(String path) {
    this.path = path;
  }

  /** The path at inference-service and in the API. */
  public String path() {
    return path;
  }

  /** The endpoint with that exact path. */
  public static Optional<Endpoint> ofPath(String path) {
    return Arrays.stream(values()).filter(e -> e.path.equals(path)).findFirst();
  }
}
