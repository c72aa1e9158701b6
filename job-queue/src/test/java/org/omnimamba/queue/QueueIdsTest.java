package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.testing.TestDatabase;

/** Ids are UUIDs of version 7 whatever the server's version: they sort by when they were made. */
class QueueIdsTest {
  private static final TestDatabase DATABASE = TestDatabase.create();

  @AfterAll
  static void close() {
    DATABASE.close();
  }

  @Test
  void anIdHasTheLayoutOfRfc9562() {
    long before = DATABASE.number("SELECT floor(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)");
    UUID id = UUID.fromString(DATABASE.text("SELECT queue_uuidv7()"));
    long after = DATABASE.number("SELECT floor(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)");
    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id.getMostSignificantBits() >>> 16).isBetween(before, after);
    assertThat(Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16))
        .isAfter("2026-01-01T00:00:00Z");
  }

  @Test
  void idsOfOneSessionAreDifferentAndInOrder() {
    assertThat(
            DATABASE.text(
                "SELECT count(DISTINCT id) || ' ' || count(*) FILTER (WHERE id <= before)"
                    + " FROM (SELECT id, lag(id) OVER (ORDER BY n) AS before FROM ("
                    + "SELECT n, queue_uuidv7() AS id FROM generate_series(1, 10000) n) made) pairs"))
        .isEqualTo("10000 0");
  }

  @Test
  void theFractionOfTheMillisecondIsUsedInFull() {
    assertThat(
            DATABASE.number(
                "SELECT max(get_byte(uuid_send(id), 6) & 15) FROM ("
                    + "SELECT queue_uuidv7() AS id FROM generate_series(1, 10000)) made"))
        .isEqualTo(15);
  }
}
