package org.omnimamba.gateway.apidocs;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts the services' OpenAPI documents into the gateway's own. */
final class ApiDocument {
  private static final List<String> COMPONENTS =
      List.of("schemas", "responses", "parameters", "requestBodies", "headers");

  private final ObjectNode document;

  /**
   * @param own the gateway's own document; it is copied
   */
  ApiDocument(ObjectNode own) {
    this.document = own.deepCopy();
  }

  /** Adds a service's paths and what they refer to; what is there already stays. */
  void add(JsonNode service) {
    addAll(service.path("paths"), document.withObject("paths"));
    for (String kind : COMPONENTS) {
      JsonNode named = service.path("components").path(kind);
      if (!named.isEmpty()) {
        addAll(named, document.withObject("components").withObject(kind));
      }
    }
  }

  private static void addAll(JsonNode from, ObjectNode to) {
    from.properties().forEach(entry -> to.putIfAbsent(entry.getKey(), entry.getValue()));
  }

  ObjectNode json() {
    return document;
  }
}
