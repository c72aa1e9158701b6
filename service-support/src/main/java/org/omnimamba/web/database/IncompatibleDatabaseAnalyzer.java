package org.omnimamba.web.database;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in words why a start ended, in place of a stack trace. */
final class IncompatibleDatabaseAnalyzer
    extends AbstractFailureAnalyzer<IncompatibleDatabaseException> {
  @Override
  protected FailureAnalysis analyze(Throwable failure, IncompatibleDatabaseException cause) {
    return new FailureAnalysis(String.valueOf(cause.getMessage()), null, failure);
  }
}
