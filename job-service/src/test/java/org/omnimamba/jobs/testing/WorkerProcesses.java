package org.omnimamba.jobs.testing;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.omnimamba.jobs.testing.Gates.Gate;

/** Processes that work on the database of a service, for tests that kill them and start others. */
public final class WorkerProcesses implements AutoCloseable {
  private final TestService service;
  private final String[] settings;
  private final List<WorkerProcess> all = new ArrayList<>();

  /**
   * None so far.
   *
   * @param settings of each, besides those of the service
   */
  public WorkerProcesses(TestService service, String... settings) {
    this.service = service;
    this.settings = settings.clone();
  }

  /** Starts as many as are missing. */
  public void fillUpTo(int alive) throws IOException {
    for (int missing = alive - alive().size(); missing > 0; missing--) {
      all.add(WorkerProcess.start(service, "worker-" + all.size(), settings));
    }
  }

  /** Those that have not been killed, the oldest first. */
  public List<WorkerProcess> alive() {
    return all.stream().filter(WorkerProcess::isAlive).toList();
  }

  public WorkerProcess named(String name) {
    return all.stream().filter(worker -> worker.name().equals(name)).findFirst().orElseThrow();
  }

  /** Kills the process that comes to the gate, and opens the gate. */
  public void killAt(Gate gate) throws InterruptedException, SQLException {
    named(gate.awaitProgram()).kill();
    gate.open();
  }

  @Override
  public void close() {
    all.forEach(WorkerProcess::close);
  }
}
