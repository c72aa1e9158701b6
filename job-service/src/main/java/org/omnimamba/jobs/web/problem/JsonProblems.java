package org.omnimamba.jobs.web.problem;

import java.util.List;
import java.util.stream.Collectors;
import org.omnimamba.jobs.web.problem.Problem.MemberError;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.DatabindException;
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
    if (e instanceof DatabindException && !e.getPath().isEmpty()) {
      return Problem.validation(List.of(new MemberError(pointer(e), "has the wrong type or form")));
    }
    TokenStreamLocation at = e.getLocation();
    String where =
        at == null || at.getLineNr() < 1
            ? ""
            : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    return new Problem(
        ProblemType.MALFORMED_JSON, "The body is not the JSON that is expected" + where + ".");
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
        .map(name -> "/" + name.replace("~", "~0").replace("/", "~1"))
        .collect(Collectors.joining());
  }
}
