package org.omnimamba.web.json;

import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes a mapper refuse what clients did not mean: unknown and repeated members, anything after the
 * value, and values of another type than asked for. What is null counts as absent.
 */
public final class StrictJson {
  private StrictJson() {}

  /** Sets the mapper up. */
  public static void apply(JsonMapper.Builder mapper) {
    mapper
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .withCoercionConfigDefaults(
            coercion -> coercion.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
        .addModule(new StrictValues());
  }
}
