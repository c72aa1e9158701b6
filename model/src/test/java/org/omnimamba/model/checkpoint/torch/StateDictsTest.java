package org.omnimamba.model.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;

/** Which of a training checkpoint's dicts is the model. */
class StateDictsTest {
  @TempDir Path temp;

  private final PickleBuilder pickle = PickleBuilder.protocol2().ops("}");

  private StateDictsTest with(String name, Runnable value) {
    pickle.text(name);
    value.run();
    pickle.ops("s");
    return this;
  }

  private Runnable dict(String name, Runnable value) {
    return () -> {
      pickle.ops("}");
      with(name, value);
    };
  }

  private Runnable tensor(long... shape) {
    long[] strides = new long[shape.length];
    java.util.Arrays.fill(strides, 1);
    return () -> pickle.tensor("FloatStorage", "0", 4, 0, shape, strides);
  }

  private PthReader open() throws IOException {
    return PthReader.open(
        TorchZip.of(pickle.stop()).entry("a/data/0", new byte[16]).write(temp.resolve("x.pth")));
  }

  private void assertIsTheModel() throws IOException {
    try (PthReader reader = open()) {
      assertThat(reader.names()).containsExactly("layer.weight");
    }
  }

  @Test
  void aStepBesideTheModelIsNoStateDict() throws IOException {
    with("model", dict("layer.weight", tensor(4))).with("step", tensor());
    assertIsTheModel();
  }

  @Test
  void optimizersAndRandomStatesDoNotHideIt() throws IOException {
    with("step", tensor(1))
        .with("optimizer", dict("state", dict("exp_avg", tensor(4))))
        .with("lr_scheduler", dict("last", tensor(4)))
        .with("rng_state", tensor(4))
        .with("state_dict", dict("layer.weight", tensor(4)));
    assertIsTheModel();
  }

  @Test
  void itMayLieInDictsOfDicts() throws IOException {
    with("epoch", () -> pickle.integer(3))
        .with("checkpoint", dict("module", dict("layer.weight", tensor(2))));
    assertIsTheModel();
  }

  @Test
  void oneDictUnderTwoNamesIsOne() throws IOException {
    pickle.text("model");
    dict("layer.weight", tensor(4)).run();
    pickle.ops("q").bytes(9).ops("s").text("module").ops("h").bytes(9).ops("s");
    assertIsTheModel();
  }

  @Test
  void aStateDictMayHoldSingleNumbers() throws IOException {
    with("logit_scale", tensor());
    try (PthReader reader = open()) {
      assertThat(reader.names()).containsExactly("logit_scale");
    }
  }

  @Test
  void namesTheDictsBetweenWhichItCannotChoose() throws IOException {
    with("layer.weight", tensor(4)).with("teacher", dict("net", dict("layer.weight", tensor(4))));
    assertThatThrownBy(this::open)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("several state dicts: [teacher.net, (top level)]")
        .hasMessageContaining("save the one that is meant alone");
  }

  @Test
  void anOptimizerAloneIsNoModel() throws IOException {
    with("optimizer", dict("exp_avg", tensor(4)));
    assertThatThrownBy(this::open).hasMessageContaining("it holds no tensors");
  }
}
