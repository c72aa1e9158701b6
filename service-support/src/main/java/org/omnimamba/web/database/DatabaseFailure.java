package org.omnimamba.web.database;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What a failure to reach or to migrate the database means, in one line. */
final class DatabaseFailure {
  private static final String WRONG_PASSWORD = "28P01";
  private static final String NOT_LET_IN = "28000";
  private static final String NO_DATABASE = "3D000";
  private static final String NOT_ALLOWED = "42501";

  /** Classes of states that pass by themselves or when an operator has done something. */
  private static final Set<String> PASSING = Set.of("08", "28", "3D", "40", "53", "55", "57");

  private DatabaseFailure() {}

  /** Whether a statement was refused for good: trying again would end the same way. */
  static boolean lasts(Throwable failure) {
    String state = state(failure);
    return state != null
        && state.length() == 5
        && !PASSING.contains(state.substring(0, 2))
        && !state.equals(NOT_ALLOWED);
  }

  /** The reason and what can be done about it; never a password. */
  static String describe(Throwable failure, DatabaseAddress address) {
    if (failure instanceof IncompatibleDatabaseException) {
      return String.valueOf(failure.getMessage());
    }
    Throwable root = root(failure);
    String said = oneLine(root);
    if (root instanceof UnknownHostException) {
      return "the host " + address.host() + " has no address";
    }
    if (root instanceof ConnectException || root instanceof SocketTimeoutException) {
      return "PostgreSQL at " + address + " does not answer (" + said + ")";
    }
    if (messages(failure).contains("could not be verified by hostnameverifier")) {
      return "the server's certificate does not name the host "
          + address.host()
          + ": use the name it was made for in omnimamba.database.host, or ssl-mode verify-ca";
    }
    if (messages(failure).contains("does not support SSL")) {
      return "PostgreSQL at "
          + address
          + " offers no encryption: turn it on there, or set omnimamba.database.ssl-mode to prefer";
    }
    if (isOfTls(failure)) {
      return "the certificate of PostgreSQL at "
          + address
          + " is not from an authority that is trusted ("
          + (address.sslRootCert() == null
              ? "the JVM's; set omnimamba.database.ssl-root-cert"
              : "omnimamba.database.ssl-root-cert " + address.sslRootCert())
          + "): "
          + said;
    }
    String state = String.valueOf(state(failure));
    String found = oneLine(sql(failure, root));
    return switch (state) {
      case WRONG_PASSWORD -> "PostgreSQL at " + address + " refuses the password: " + found;
      case NO_DATABASE ->
          "PostgreSQL at " + address + " has no such database: create it (" + found + ")";
      case NOT_ALLOWED ->
          "the role for migrations lacks a right: "
              + found
              + "; see docs/upgrade.md for its rights";
      case NOT_LET_IN ->
          found.contains("no encryption")
              ? "PostgreSQL at "
                  + address
                  + " accepts encrypted connections only: set omnimamba.database.ssl-mode to"
                  + " require, or to verify-full with ssl-root-cert ("
                  + found
                  + ")"
              : "PostgreSQL at " + address + " refuses the connection: " + found;
      default -> found;
    };
  }

  private static boolean isOfTls(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException
          || cause instanceof java.security.cert.CertificateException
          || cause instanceof java.security.cert.CertPathValidatorException) {
        return true;
      }
    }
    return false;
  }

  private static Throwable sql(Throwable failure, Throwable root) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException) {
        return cause;
      }
    }
    return root;
  }

  private static @Nullable String state(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState();
      }
    }
    return null;
  }

  private static String messages(Throwable failure) {
    StringBuilder all = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      all.append(cause.getMessage()).append('\n');
    }
    return all.toString();
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static String oneLine(Throwable failure) {
    String message = failure.getMessage();
    return message == null
        ? failure.getClass().getSimpleName()
        : message.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
