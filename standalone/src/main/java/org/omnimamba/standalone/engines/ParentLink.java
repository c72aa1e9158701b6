package org.omnimamba.standalone.engines;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;

/** An engine's pipes to and from the process that started it. */
public final class ParentLink {
  static final String STOP = "stop";

  private final BufferedReader in;
  private final PrintStream out;

  /**
   * Takes both over.
   *
   * @param in what the parent writes
   * @param out what it reads, shared with the log
   */
  public ParentLink(InputStream in, PrintStream out) {
    this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    this.out = out;
  }

  /**
   * What is to be done, which comes first.
   *
   * @throws IOException if the parent is gone
   */
  public EngineOrder order() throws IOException {
    String line = in.readLine();
    if (line == null) {
      throw new IOException("nobody says what to do");
    }
    return JsonMapper.shared().readValue(line, EngineOrder.class);
  }

  /** The service is there; its model may still be loading. */
  public void listening(int port, int managementPort) {
    send(EngineMessage.listening(port, managementPort));
  }

  /** Says what is being done until the engine is ready, in a few words. */
  public void doing(String what) {
    send(EngineMessage.doing(what));
  }

  /** The service did not start. */
  public void failed(String reason) {
    send(EngineMessage.failed(reason));
  }

  /**
   * Waits until the engine must end.
   *
   * @return whether in order; false if the parent is gone
   */
  public boolean awaitStop() throws IOException {
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals(STOP)) {
        return true;
      }
    }
    return false;
  }

  /** Whole lines at once: the log's lines are in the same stream. */
  private void send(EngineMessage message) {
    byte[] line = (message.line() + "\n").getBytes(StandardCharsets.UTF_8);
    out.write(line, 0, line.length);
    out.flush();
  }
}
