package org.omnimamba.jobs.job;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.springframework.stereotype.Component;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How jobs are written into the queue's columns. */
@Component
public class JobJson {
  private final JsonMapper mapper =
      JsonMapper.builder()
          .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();
  private final ObjectReader attributes = mapper.readerFor(JobAttributes.class);
  private final ObjectReader distinct =
      mapper.readerFor(JsonNode.class).with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

  /** Finds the ways of reading and writing now: the search takes a lock, also on event loops. */
  public JobJson() {
    mapper.writerFor(JobAttributes.class);
    mapper.writerFor(InferenceJob.class);
    mapper.readTree("{}");
  }

  public String write(Object value) {
    return mapper.writeValueAsString(value);
  }

  public JobAttributes attributes(String json) {
    return attributes.readValue(json);
  }

  public byte[] bytes(Object value) {
    return mapper.writeValueAsBytes(value);
  }

  public JsonNode tree(byte[] json) {
    return mapper.readTree(json);
  }

  public JsonNode tree(String json) {
    return mapper.readTree(json);
  }

  /** What a client wrote; fails with "Duplicate ..." where an object has a member twice. */
  public JsonNode treeOfDistinctMembers(String json) {
    return distinct.readValue(json);
  }

  public ObjectNode object() {
    return mapper.createObjectNode();
  }

  /** A digest that does not depend on white space or the order of members. */
  public byte[] digest(Object request) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(mapper.writeValueAsBytes(request));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
