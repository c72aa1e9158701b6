package org.omnimamba.web.json;

import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/**
 * What is wrong with a JSON body, without the classes behind it.
 *
 * @param kind what kind of mistake
 * @param pointer a JSON pointer (RFC 6901) to the member at fault, empty for the whole body
 * @param detail for a value what it must be, else a sentence
 */
public record JsonMistake(Kind kind, String pointer, String detail) {
  /** Kinds of mistakes. */
  public enum Kind {
    /** No JSON, other JSON than an object of that form, or too deep. */
    MALFORMED,
    /** A member that does not exist. */
    UNKNOWN_MEMBER,
    /** A value that is not acceptable. */
    VALUE
  }

  /** What the reader stumbled over. */
  public static JsonMistake of(JacksonException e) {
    if (hasConstraintCause(e)) {
      return new JsonMistake(
          Kind.MALFORMED, "", "The JSON is nested too deeply or a value is too long.");
    }
    if (e instanceof UnrecognizedPropertyException) {
      return new JsonMistake(Kind.UNKNOWN_MEMBER, pointer(e), "is not known");
    }
    boolean value = e instanceof DatabindException || e instanceof InputCoercionException;
    if (value && !e.getPath().isEmpty()) {
      return new JsonMistake(Kind.VALUE, pointer(e), expected(e));
    }
    TokenStreamLocation at = e.getLocation();
    String where =
        at == null || at.getLineNr() < 1
            ? ""
            : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    return new JsonMistake(
        Kind.MALFORMED, "", "The body is not the JSON that is expected" + where + ".");
  }

  private static String expected(JacksonException e) {
    if (e instanceof InputCoercionException) {
      return "is out of range";
    }
    @Nullable Class<?> type =
        e instanceof MismatchedInputException wrong ? wrong.getTargetType() : null;
    if (type == String.class) {
      return "must be a text of whole Unicode characters";
    }
    if (type == Instant.class) {
      return "must be a time of RFC 3339, such as 2026-11-28T12:00:00Z, in the years 1 to 9999";
    }
    return type == Integer.class ? "must be a whole number" : "has the wrong type or form";
  }

  private static boolean hasConstraintCause(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof StreamConstraintsException) {
        return true;
      }
    }
    return false;
  }

  private static String pointer(JacksonException e) {
    return e.getPath().stream()
        .map(r -> r.getPropertyName() == null ? "" + r.getIndex() : r.getPropertyName())
        .map(name -> "/" + UnicodeText.escape(name))
        .collect(Collectors.joining());
  }
}
