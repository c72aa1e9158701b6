package org.omnimamba.model.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopStringsTest {
  @Test
  void textThatMayBeginAStopStringIsHeldBack() {
    StopStrings stops = new StopStrings(List.of("END", "\n\n"));
    assertThat(stops.append("one E")).isEqualTo("one ");
    assertThat(stops.append("N")).isEmpty();
    assertThat(stops.append("X\n")).isEqualTo("ENX");
    assertThat(stops.append("two\nE")).isEqualTo("\ntwo\n");
    assertThat(stops.found()).isFalse();
    assertThat(stops.append("ND and more")).isEmpty();
    assertThat(stops.found()).isTrue();
    assertThat(stops.rest()).isEmpty();
  }

  @Test
  void theEarliestOfSeveralStopStringsCounts() {
    StopStrings stops = new StopStrings(List.of("cd", "bc"));
    assertThat(stops.append("abcd")).isEqualTo("a");
    assertThat(stops.found()).isTrue();
  }

  @Test
  void whatWasHeldComesAtTheEnd() {
    StopStrings stops = new StopStrings(List.of("stop"));
    assertThat(stops.append("don't st")).isEqualTo("don't ");
    assertThat(stops.rest()).isEqualTo("st");
  }

  @Test
  void withoutStopStringsNothingIsHeld() {
    StopStrings stops = new StopStrings(List.of());
    assertThat(stops.append("abc")).isEqualTo("abc");
    assertThat(stops.rest()).isEmpty();
  }

  @Test
  void anyCutOfTheTextGivesTheSameResult() {
    Random random = new Random(5);
    for (int round = 0; round < 500; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 30; i++) {
        text.append((char) ('a' + random.nextInt(2)));
      }
      List<String> stop = List.of("aabb".substring(0, 3 + random.nextInt(2)), "babab");
      StopStrings stops = new StopStrings(stop);
      StringBuilder released = new StringBuilder();
      for (int at = 0; at < text.length() && !stops.found(); ) {
        int next = Math.min(text.length(), at + 1 + random.nextInt(4));
        released.append(stops.append(text.substring(at, next)));
        at = next;
      }
      released.append(stops.rest());
      int end = text.length();
      for (String s : stop) {
        int first = text.indexOf(s);
        end = first >= 0 ? Math.min(end, first) : end;
      }
      assertThat(released).hasToString(text.substring(0, end));
    }
  }
}
