package org.omnimamba.standalone.server;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.omnimamba.standalone.engines.EngineDevice;

/**
 * What {@code ./omnimamba serve} was asked for.
 *
 * @param model directory of the model
 * @param port the gateway's port, 0 for any free one
 * @param address the address that the gateway listens on
 * @param properties further settings by full property name, for all services or, after the name of
 *     one and a colon, for it alone: {@code gateway:management.server.port}
 * @param engines the devices of engines in processes of their own; none for one engine in this
 *     process
 */
public record StandaloneOptions(
    Path model,
    int port,
    String address,
    Map<String, Object> properties,
    List<EngineDevice> engines) {
  static final String GATEWAY = "gateway";
  static final String INFERENCE = "inference";
  static final String JOBS = "jobs";

  private static final Set<String> SERVICES = Set.of(GATEWAY, INFERENCE, JOBS);

  public StandaloneOptions {
    properties = Map.copyOf(properties);
    engines = List.copyOf(engines);
    for (String name : properties.keySet()) {
      int colon = name.indexOf(':');
      if (colon >= 0 && !SERVICES.contains(name.substring(0, colon))) {
        throw new IllegalArgumentException(
            "'" + name + "' must begin with gateway:, inference: or jobs:, or have no colon");
      }
    }
  }

  /** With one engine, in this process. */
  public StandaloneOptions(Path model, int port, String address, Map<String, Object> properties) {
    this(model, port, address, properties, List.of());
  }

  /** The settings of one service: what is said of it alone wins over what is said of all. */
  Map<String, Object> propertiesOf(String service) {
    Map<String, Object> own = new HashMap<>();
    String prefix = service + ":";
    properties.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            own.put(name.substring(prefix.length()), value);
          } else if (name.indexOf(':') < 0) {
            own.putIfAbsent(name, value);
          }
        });
    return own;
  }
}
