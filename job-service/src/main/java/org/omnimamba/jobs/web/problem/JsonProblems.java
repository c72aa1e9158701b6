package org.omnimamba.jobs.web.problem;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.web.json.UnicodeText;
import org.omnimamba.jobs.web.problem.Problem.MemberError;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says what is wrong with a JSON body without showing the classes behind it. */
final class JsonProblems {
  private JsonProblems() {}

  static Problem of(JacksonException e) {
    if (hasConstraintCause(e)) {
      return new Problem(
          ProblemType.MALFORMED_JSON, "The JSON is nested too deeply or a value is too long.");
    }
    if (e instanceof UnrecognizedPropertyException) {
      return new Problem(ProblemType.UNKNOWN_MEMBER, "The body has a member that does not exist.")
          .with("errors", List.of(new MemberError(pointer(e), "is not known")));
    }
    boolean value = e instanceof DatabindException || e instanceof InputCoercionException;
    if (value && !e.getPath().isEmpty()) {
      return Problem.validation(List.of(new MemberError(pointer(e), expected(e))));
    }
    TokenStreamLocation at = e.getLocation();
    String where =
        at == null || at.getLineNr() < 1
            ? ""
            : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    return new Problem(
        ProblemType.MALFORMED_JSON, "The body is not the JSON that is expected" + where + ".");
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
      return "must be a time of RFC 3339, such as 2026-11-28T12:00:00Z, before the year 10000";
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
