package org.omnimamba.standalone.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Runs commands in this JVM and keeps what they print. */
public final class CommandRun {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  public int execute(String... args) {
    return OmniMambaCommand.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  public String out() {
    return out.toString();
  }

  public String err() {
    return err.toString();
  }
}
