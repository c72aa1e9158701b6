package org.omnimamba.model.checkpoint.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.PositionalFile;
import org.omnimamba.model.checkpoint.tensor.StrictJson;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.tensorflow.ndarray.Shape;
import tools.jackson.databind.JsonNode;

/**
 * The checked header of one safetensors file: eight bytes of header length, the header as JSON, and
 * the tensors' bytes without gap or overlap up to the end of the file.
 *
 * @param tensors where each tensor lies, in the order of the data
 * @param metadata free text of the writer
 */
public record SafetensorsHeader(Map<String, Entry> tensors, Map<String, String> metadata) {

  /**
   * A header of this size names over 100,000 tensors; a longer one is refused before memory is
   * taken for it.
   */
  public static final int MAX_HEADER_BYTES = 16 << 20;

  static final int LENGTH_BYTES = 8;
  static final String METADATA = "__metadata__";
  static final String DTYPE = "dtype";
  static final String SHAPE = "shape";
  static final String OFFSETS = "data_offsets";

  /**
   * One tensor of the file.
   *
   * @param position of its first byte in the file
   */
  record Entry(TensorInfo info, long position) {}

  static SafetensorsHeader read(PositionalFile file) {
    ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.read(0, length);
    long headerBytes = length.getLong(0);
    if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES) {
      throw refused(
          file,
          "its header length is %s, allowed are 2 to %d"
              .formatted(Long.toUnsignedString(headerBytes), MAX_HEADER_BYTES));
    }
    if (headerBytes > file.size() - LENGTH_BYTES) {
      throw refused(
          file,
          "it is truncated: the header takes %d bytes, the file has %d"
              .formatted(headerBytes, file.size()));
    }
    ByteBuffer header = ByteBuffer.allocate((int) headerBytes);
    file.read(LENGTH_BYTES, header);
    header.flip();
    if (header.get(0) != '{') {
      throw refused(file, "its header does not start with {");
    }
    JsonNode json = StrictJson.object("the header of " + file.path(), header);
    return parse(file, json, LENGTH_BYTES + headerBytes);
  }

  private static SafetensorsHeader parse(PositionalFile file, JsonNode json, long dataStart) {
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Span> spans = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : json.properties()) {
      if (property.getKey().equals(METADATA)) {
        metadata.putAll(metadata(file, property.getValue()));
      } else {
        spans.add(span(file, property.getKey(), property.getValue()));
      }
    }
    spans.sort(Comparator.comparingLong(Span::begin).thenComparingLong(Span::end));
    long expected = 0;
    Map<String, Entry> tensors = new LinkedHashMap<>();
    for (Span span : spans) {
      if (span.begin != expected) {
        throw refused(
            file,
            "tensor %s starts at byte %d of the data, but the bytes before it end at %d (%s)"
                .formatted(
                    span.name, span.begin, expected, span.begin < expected ? "overlap" : "gap"));
      }
      expected = span.end;
      tensors.put(span.name, new Entry(span.info, dataStart + span.begin));
    }
    if (expected != file.size() - dataStart) {
      throw refused(
          file,
          "its tensors take %d bytes, but %d follow the header"
              .formatted(expected, file.size() - dataStart));
    }
    return new SafetensorsHeader(
        Collections.unmodifiableMap(tensors), Collections.unmodifiableMap(metadata));
  }

  private static Map<String, String> metadata(PositionalFile file, JsonNode node) {
    if (!node.isObject()) {
      throw refused(file, METADATA + " is not an object");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> property : node.properties()) {
      if (!property.getValue().isString()) {
        throw refused(file, "%s.%s is not a string".formatted(METADATA, property.getKey()));
      }
      metadata.put(property.getKey(), property.getValue().stringValue());
    }
    return metadata;
  }

  private static Span span(PositionalFile file, String name, JsonNode node) {
    if (!node.isObject() || node.size() != 3) {
      throw refused(
          file, "tensor %s needs exactly %s, %s and %s".formatted(name, DTYPE, SHAPE, OFFSETS));
    }
    String dtypeName = node.path(DTYPE).asString("");
    Dtype dtype =
        Dtype.named(dtypeName)
            .orElseThrow(
                () -> refused(file, "tensor %s has unknown dtype '%s'".formatted(name, dtypeName)));
    long[] shape = longs(file, name, SHAPE, node.path(SHAPE));
    long[] offsets = longs(file, name, OFFSETS, node.path(OFFSETS));
    TensorInfo info;
    try {
      info = new TensorInfo(dtype, Shape.of(shape));
    } catch (IllegalArgumentException e) {
      throw refused(file, "tensor %s: %s".formatted(name, e.getMessage()));
    }
    if (offsets.length != 2 || offsets[0] < 0 || offsets[1] < offsets[0]) {
      throw refused(file, "tensor %s: %s are not two rising offsets".formatted(name, OFFSETS));
    }
    if (offsets[1] - offsets[0] != info.byteSize()) {
      throw refused(
          file,
          "tensor %s (%s) needs %d bytes, its offsets span %d"
              .formatted(name, info, info.byteSize(), offsets[1] - offsets[0]));
    }
    return new Span(name, info, offsets[0], offsets[1]);
  }

  private static long[] longs(PositionalFile file, String name, String field, JsonNode node) {
    if (!node.isArray()) {
      throw refused(file, "tensor %s: %s is not an array".formatted(name, field));
    }
    long[] values = new long[node.size()];
    for (int i = 0; i < values.length; i++) {
      JsonNode value = node.get(i);
      if (!value.isIntegralNumber() || !value.canConvertToLong()) {
        throw refused(file, "tensor %s: %s holds %s, not an integer".formatted(name, field, value));
      }
      values[i] = value.longValue();
    }
    return values;
  }

  private static CheckpointException refused(PositionalFile file, String reason) {
    return new CheckpointException("%s is refused: %s".formatted(file.path(), reason));
  }

  private record Span(String name, TensorInfo info, long begin, long end) {}
}
