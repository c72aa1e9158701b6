package org.omnimamba.web.json;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.module.SimpleModule;

/**
 * Reads texts and times only where a client wrote texts and times: a number is no text, an empty
 * text is no time, and half of a surrogate pair, which the database could not keep, is no
 * character.
 */
final class StrictValues extends SimpleModule {
  private static final long serialVersionUID = 1L;

  StrictValues() {
    super("strict-values");
    addDeserializer(String.class, new Text());
    addDeserializer(Instant.class, new Time());
  }

  private static String text(Class<?> asked, JsonParser parser, DeserializationContext context) {
    if (!parser.hasToken(JsonToken.VALUE_STRING)) {
      return (String) context.handleUnexpectedToken(asked, parser);
    }
    return parser.getString();
  }

  private static final class Text extends StdScalarDeserializer<String> {
    Text() {
      super(String.class);
    }

    @Override
    public String deserialize(JsonParser parser, DeserializationContext context) {
      String text = text(String.class, parser, context);
      if (!UnicodeText.isWellFormed(text)) {
        throw context.weirdStringException("...", String.class, "half of a surrogate pair");
      }
      return text;
    }
  }

  /** A time of RFC 3339 in the years 1 to 9999, in UTC too: the database can keep no others. */
  private static final class Time extends StdScalarDeserializer<Instant> {
    private static final Pattern FORM = Pattern.compile("\\d{4}-\\d{2}-\\d{2}[Tt].*");
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

    Time() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context) {
      String text = text(Instant.class, parser, context);
      if (FORM.matcher(text).matches()) {
        try {
          Instant time =
              OffsetDateTime.parse(
                      text.toUpperCase(Locale.ROOT), DateTimeFormatter.ISO_OFFSET_DATE_TIME)
                  .toInstant();
          if (!time.isBefore(FIRST) && time.isBefore(END)) {
            return time;
          }
        } catch (DateTimeParseException e) {
          throw context.weirdStringException(text, Instant.class, "not a time of RFC 3339");
        }
      }
      throw context.weirdStringException(text, Instant.class, "not a time of RFC 3339");
    }
  }
}
