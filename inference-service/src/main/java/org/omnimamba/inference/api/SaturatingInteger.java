package org.omnimamba.inference.api;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdScalarDeserializer;

/**
 * Reads whole numbers; one beyond an {@code int} becomes the nearest {@code int}. It is a number
 * still, so it is for the field's own check to take it or to say the range.
 */
final class SaturatingInteger extends StdScalarDeserializer<Integer> {
  SaturatingInteger() {
    super(Integer.class);
  }

  @Override
  public Integer deserialize(JsonParser parser, DeserializationContext context) {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      return (Integer) context.handleUnexpectedToken(getValueType(context), parser);
    }
    if (parser.getNumberType() == JsonParser.NumberType.INT) {
      return parser.getIntValue();
    }
    return parser.getBigIntegerValue().signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
  }
}
