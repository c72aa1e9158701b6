package org.omnimamba.training.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.testing.Golden;
import tools.jackson.databind.JsonNode;

class CosineScheduleTest {

  @ParameterizedTest
  @ValueSource(strings = {"stage1_mmu", "stage1_t2i", "stage2", "short"})
  void equalsTheReferencesTables(String stage) {
    JsonNode table = Golden.json("train-tiny").path("lr_schedule").path(stage);
    CosineSchedule schedule =
        new CosineSchedule(
            table.path("base_lr").doubleValue(),
            table.path("warmup_steps").intValue(),
            table.path("max_steps").intValue(),
            table.path("min_lr_rate").doubleValue());
    JsonNode rates = table.path("lr_at_optimizer_step");
    assertThat(rates.size()).isGreaterThan(5);
    for (Map.Entry<String, JsonNode> rate : rates.properties()) {
      double expected = rate.getValue().doubleValue();
      assertThat(schedule.rate(Long.parseLong(rate.getKey())))
          .as("step %s", rate.getKey())
          .isCloseTo(expected, within(1e-12 * Math.max(1e-3, expected)));
    }
  }

  @Test
  void staysAtTheFloor() {
    CosineSchedule schedule = new CosineSchedule(1, 0, 10, 0.25);
    assertThat(schedule.rate(0)).isEqualTo(1);
    assertThat(schedule.rate(10)).isEqualTo(0.25);
    assertThat(schedule.rate(1000)).isEqualTo(0.25);
  }

  @Test
  void refusesNumbersThatMakeNoSchedule() {
    assertThatThrownBy(() -> new CosineSchedule(0, 0, 10, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new CosineSchedule(1, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new CosineSchedule(1, 0, 10, 2))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
