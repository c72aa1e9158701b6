package org.omnimamba.benchmarks.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class EngineFiguresTest {
  /** Figures of one H100, 2026-11-28. */
  private static final EngineFigures H100 =
      new EngineFigures(
          new TreeMap<>(Map.of(1, 1.46, 8, 1.9, 32, 3.03, 64, 4.56)),
          new TreeMap<>(Map.of(1, 2.17, 8, 2.6, 32, 3.56, 64, 5.09)),
          4.2,
          5.3,
          11.1,
          14,
          4.3,
          0.1,
          256);

  @Test
  void stepsAloneGiveTheIssuesBounds() {
    assertEquals(55, H100.boundOfSteps(64, 256), 0.5);
    assertEquals(41, H100.boundOfSteps(32, 256), 0.5);
    assertEquals(372, 1000 / H100.boundOfSteps(1, 256), 0.5);
  }

  @Test
  void allOnTheDeviceAddsPromptsTowersAndPixels() {
    assertEquals(1000 / (4.2 + 255 * 4.56 / 64 + 5.3), H100.boundOfPictures(64), 1e-9);
    assertEquals(1000 / (11.1 + 14 + 127 * 3.03 / 32), H100.boundOfNewPhotos(32, 128), 1e-9);
    assertEquals(1000 / (4.3 + 127 * 3.03 / 32), H100.boundOfKnownPhotos(32, 128), 1e-9);
  }

  @Test
  void aBatchThatWasNotMeasuredTakesTheNextLargerOne() {
    assertEquals(1.9, H100.step(2));
    assertEquals(1.9, H100.step(8));
    assertEquals(3.03, H100.step(9));
    assertEquals(4.56, H100.step(500));
    // more clients than sequences that run together wait for one another
    assertEquals(H100.boundOfPictures(64), H100.boundOfPictures(200));
  }

  @Test
  void aOneTokenAnswerNeedsNoStep() {
    assertTrue(H100.boundOfKnownPhotos(1, 1) > H100.boundOfKnownPhotos(1, 2));
  }

  @Test
  void figuresSurviveTheWayBetweenTheProcesses() {
    String json = JsonMapper.shared().writeValueAsString(H100);
    assertEquals(H100, JsonMapper.shared().readValue(json, EngineFigures.class));
  }

  @Test
  void theTableSetsALoadBesideItsBound() {
    ServingTable table = new ServingTable(H100);
    List<Exchange> exchanges =
        List.of(
            new Exchange(0, List.of(400_000_000L, 440_000_000L), 1_000_000_000L, 128),
            new Exchange(0, List.of(600_000_000L, 620_000_000L), 2_000_000_000L, 128));
    table.add(LoadKind.NEW_PHOTOS, 32, 128, LoadFigures.of(exchanges, 0, 2_000_000_000L));
    String text = table.toString();
    assertTrue(
        text.contains(
            "| photo + question, every photo new, 32 clients | 1.00 | 128 | 83.16 | 26.94 | 4 % |"
                + " 1000 / 2000 | 400 / 600 | 20 / 40 |"),
        text);
    assertTrue(text.contains("| 64 | 4.56 | 5.09 | 14035 |"), text);
  }
}
