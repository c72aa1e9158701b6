package org.omnimamba.queue.chaos;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.queue.testing.TestDatabase;

/**
 * How long jobs of killed workers had to wait: from the kill to the start of their next execution.
 */
final class Recoveries {
  private final TestDatabase database;

  Recoveries(TestDatabase database) {
    this.database = database;
    database.execute(
        "CREATE TABLE chaos_orphan (job uuid, token bigint, killed_at timestamptz);"
            + "CREATE TABLE chaos_history (job uuid, status text, token bigint, worker text,"
            + " at timestamptz NOT NULL DEFAULT clock_timestamp());"
            + "CREATE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " INSERT INTO chaos_history VALUES (NEW.id, NEW.status, NEW.token, NEW.worker);"
            + " RETURN NULL; END $$;"
            + "CREATE TRIGGER chaos_note AFTER UPDATE OF status ON queue_job FOR EACH ROW"
            + " EXECUTE FUNCTION chaos_note()");
  }

  /** Notes what the worker that was just killed has left behind. */
  void noteKill(String worker) {
    database.execute(
        "INSERT INTO chaos_orphan SELECT id, token, clock_timestamp() FROM queue_job"
            + " WHERE worker = '"
            + worker
            + "' AND lease_until IS NOT NULL");
  }

  /** Seconds, ascending. */
  List<Double> seconds() {
    String all =
        database.text(
            "SELECT string_agg(s::text, ',' ORDER BY s) FROM (SELECT o.job,"
                + " EXTRACT(EPOCH FROM min(e.at) - o.killed_at)::numeric(10, 3) AS s"
                + " FROM chaos_orphan o JOIN chaos_execution e ON e.job = o.job"
                + " AND e.token > o.token GROUP BY o.job, o.token, o.killed_at) w");
    List<Double> seconds = new ArrayList<>();
    if (!all.equals("null")) {
      for (String value : all.split(",", -1)) {
        seconds.add(Double.parseDouble(value));
      }
    }
    return seconds;
  }

  /** What happened to the jobs that waited longest, for whoever wants to know why. */
  String slowest() {
    return database.text(
        "SELECT string_agg(line, E'\n' ORDER BY job, at) FROM ("
            + "SELECT o.job, o.killed_at AS at, o.job || ' ' || o.killed_at || ' killed, token '"
            + " || o.token AS line FROM chaos_orphan o UNION ALL "
            + "SELECT h.job, h.at, h.job || ' ' || h.at || ' ' || h.status || ' token ' || h.token"
            + " || ' ' || COALESCE(h.worker, '') FROM chaos_history h UNION ALL "
            + "SELECT e.job, e.at, e.job || ' ' || e.at || ' executed token ' || e.token || ' '"
            + " || e.worker FROM chaos_execution e) all_lines WHERE job IN ("
            + "SELECT o.job FROM chaos_orphan o JOIN chaos_execution e ON e.job = o.job"
            + " AND e.token > o.token GROUP BY o.job, o.killed_at"
            + " ORDER BY min(e.at) - o.killed_at DESC LIMIT 5)");
  }

  static double quantile(List<Double> ascending, double q) {
    return ascending.get(Math.max(0, (int) Math.ceil(q * ascending.size()) - 1));
  }
}
