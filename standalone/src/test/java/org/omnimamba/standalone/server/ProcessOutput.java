package org.omnimamba.standalone.server;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;

/** What tests do with what a process writes. */
final class ProcessOutput {
  private ProcessOutput() {}

  /** Reads on and keeps nothing: a process that writes into a full pipe stands still. */
  static void drain(Reader output) {
    Thread reader =
        new Thread(
            () -> {
              try {
                output.transferTo(Writer.nullWriter());
              } catch (IOException e) {
                // the process has ended
              }
            },
            "drain");
    reader.setDaemon(true);
    reader.start();
  }
}
