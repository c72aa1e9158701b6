package org.omnimamba.jobs.web.problem;

import java.util.List;
import org.omnimamba.jobs.web.problem.Problem.MemberError;
import org.omnimamba.web.json.JsonMistake;

/** Says as a problem what is wrong with a JSON body. */
final class JsonProblems {
  private JsonProblems() {}

  static Problem of(JsonMistake mistake) {
    List<MemberError> errors = List.of(new MemberError(mistake.pointer(), mistake.detail()));
    return switch (mistake.kind()) {
      case MALFORMED -> new Problem(ProblemType.MALFORMED_JSON, mistake.detail());
      case UNKNOWN_MEMBER ->
          new Problem(ProblemType.UNKNOWN_MEMBER, "The body has a member that does not exist.")
              .withErrors(errors);
      case VALUE -> Problem.validation(errors);
    };
  }
}
