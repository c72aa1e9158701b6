package org.omnimamba.standalone.server;

import java.nio.file.Path;
import java.util.Map;

/**
 * What {@code ./omnimamba serve} was asked for.
 *
 * @param model directory of the model
 * @param port the gateway's port, 0 for any free one
 * @param address the address that the gateway listens on
 * @param properties further settings for all services, by full property name
 */
public record StandaloneOptions(
    Path model, int port, String address, Map<String, Object> properties) {
  public StandaloneOptions {
    properties = Map.copyOf(properties);
  }
}
