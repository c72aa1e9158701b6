package org.omnimamba.model.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;

class GoldenTest {
  @Test
  void readsFloatsIdsBytesAndJson() {
    Golden backbone = Golden.of("backbone-tiny");
    assertThat(backbone.shape("t2i/step/P7/logits")).containsExactly(2, 13, 128);
    assertThat(backbone.floats("t2i/step/P7/logits"))
        .hasSize(2 * 13 * 128)
        .doesNotContain(Float.NaN);
    assertThat(backbone.ints("t2i/full/L7/input_ids")).hasSize(14).doesNotContain(-1);
    assertThat(backbone.json().isObject()).isTrue();

    Golden vision = Golden.of("vision-tiny");
    String photo =
        vision.names().stream().filter(n -> n.endsWith("rgb_u8_hwc")).findFirst().orElseThrow();
    assertThat(vision.bytes(photo)).isNotEmpty();
    assertThatThrownBy(() -> vision.floats(photo))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("U8");
  }

  @Test
  void widensBfloat16() {
    Golden weights = Golden.of("vq16-tiny.weights");
    String name = weights.names().iterator().next();
    for (float value : weights.floats(name)) {
      assertThat(Float.floatToRawIntBits(value) & 0xffff).isZero();
    }
  }
}
