package org.omnimamba.standalone.engines;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an engine says to the process that started it, in one line.
 *
 * @param port where it listens; 0 where it does not say that
 * @param managementPort where it tells of itself
 * @param progress what it does until it is ready, or null
 * @param failure why its service did not start, or null
 */
record EngineMessage(
    int port, int managementPort, @Nullable String progress, @Nullable String failure) {
  private static final String NAME = "omnimamba-engine";

  static EngineMessage listening(int port, int managementPort) {
    return new EngineMessage(port, managementPort, null, null);
  }

  static EngineMessage doing(String what) {
    return new EngineMessage(0, 0, what, null);
  }

  static EngineMessage failed(String reason) {
    return new EngineMessage(0, 0, null, reason);
  }

  String line() {
    JsonMapper json = JsonMapper.shared();
    return json.writeValueAsString(json.createObjectNode().set(NAME, json.valueToTree(this)));
  }

  /** What a line says, or null if it is none of these. */
  static @Nullable EngineMessage of(JsonNode line) {
    JsonNode message = line.path(NAME);
    if (!message.isObject()) {
      return null;
    }
    try {
      return JsonMapper.shared().treeToValue(message, EngineMessage.class);
    } catch (JacksonException e) {
      return null;
    }
  }
}
