package org.omnimamba.jobs.web.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreferenceTest {
  private static final Duration MOST = Duration.ofSeconds(60);

  @Test
  void findsTheWaitAmongOtherPreferences() {
    assertThat(wait("wait=10")).isEqualTo(10);
    assertThat(wait("respond-async, wait=10; foo=bar")).isEqualTo(10);
    assertThat(wait("return=minimal", "Wait=\"7\"")).isEqualTo(7);
    assertThat(wait("wait=600")).isEqualTo(60);
    assertThat(wait("wait=0")).isZero();
  }

  @Test
  void ignoresWhatMakesNoSense() {
    for (String header :
        List.of("", "wait", "wait=", "wait=-1", "wait=x", "waiting=3", "wait=\"\"")) {
      assertThat(Preference.waiting(List.of(header), MOST)).as(header).isEmpty();
    }
  }

  private static long wait(String... headers) {
    return Preference.waiting(List.of(headers), MOST).orElseThrow().toSeconds();
  }
}
