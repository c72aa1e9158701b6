package org.omnimamba.inference.api;

import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/**
 * Reads JSON from strangers: bounded depth and numbers, no key twice, nothing after the document,
 * no silent conversion between strings, numbers and booleans, no text that is not Unicode.
 */
final class JsonReader {
  private static final int MAX_NUMBER_LENGTH = 64;
  private static final int MAX_NAME_LENGTH = 256;

  private final JsonMapper mapper;

  /**
   * @param maxDepth nesting of objects and arrays
   * @param maxString length of a string value
   */
  JsonReader(int maxDepth, int maxString) {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(maxDepth)
                    .maxStringLength(maxString)
                    .maxNameLength(MAX_NAME_LENGTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    this.mapper =
        JsonMapper.builder(factory)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                LogicalType.Textual,
                config ->
                    config
                        .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .addModule(new SimpleModule().addDeserializer(Integer.class, new SaturatingInteger()))
            .build();
  }

  /** The document as a {@code type}; 400 with the field's path if it is none. */
  <T> T read(byte[] bytes, Class<T> type) {
    try {
      JsonNode document = mapper.readTree(bytes);
      if (!document.isObject()) {
        throw notAnObject();
      }
      LoneSurrogates.refuse(document);
      return mapper.treeToValue(document, type);
    } catch (StreamConstraintsException e) {
      throw ApiException.malformed(
          "json_limit_exceeded", "The JSON body is nested too deeply or holds too long a value.");
    } catch (InputCoercionException e) {
      throw outOfRange(e);
    } catch (MismatchedInputException e) {
      throw mismatch(e);
    } catch (StreamReadException e) {
      throw malformed(e);
    } catch (DatabindException e) {
      if (e.getCause() instanceof ApiException api) {
        throw api;
      }
      throw malformed(e);
    }
  }

  private static ApiException notAnObject() {
    return ApiException.malformed("invalid_json", "The body must be one JSON object.");
  }

  private static ApiException malformed(JacksonException e) {
    boolean duplicate = e.getOriginalMessage().startsWith("Duplicate");
    return ApiException.malformed(
        duplicate ? "duplicate_key" : "invalid_json",
        duplicate
            ? "The JSON body holds a key twice."
            : "The body is not valid JSON (line %d, column %d)."
                .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
  }

  /** A whole number that does not fit its field; only those of 64 bits get here. */
  private static ApiException outOfRange(JacksonException e) {
    String path = path(e.getPath());
    return ApiException.invalidValue(
        path, "'%s' must be from %d to %d.".formatted(path, Long.MIN_VALUE, Long.MAX_VALUE));
  }

  private static ApiException mismatch(JacksonException e) {
    if (e.getPath().isEmpty()) {
      return notAnObject();
    }
    String path = path(e.getPath());
    return ApiException.invalid(path, "invalid_type", "Invalid type for '%s'.".formatted(path));
  }

  private static String path(List<JacksonException.Reference> references) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference reference : references) {
      String name = reference.getPropertyName();
      if (name == null) {
        path.append('[').append(reference.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(name);
      }
    }
    return path.toString();
  }
}
