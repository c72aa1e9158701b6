package org.omnimamba.model.runtime.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.TensorSpec;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.kernel.DrawKernel;
import org.omnimamba.model.kernel.tile.Kernel;
import org.omnimamba.model.runtime.ImageTable;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.runtime.StateStorage;
import org.omnimamba.model.runtime.StepKernels;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.weights.WeightLayout;
import org.omnimamba.model.weights.WeightStorage;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * Functions whose layers are hand-written kernels, as far as they can be built without a GPU: each
 * kernel gets as many operands as it has arguments, of the types that it points to.
 */
class KernelFunctionsTest {
  private static final RuntimeOptions OPTIONS =
      RuntimeOptions.cpu()
          .withStorage(WeightStorage.BF16)
          .withLayout(WeightLayout.STACKED)
          .withPrecision(Precision.BFLOAT16)
          .withSlots(40);

  private static DeviceProgram program;
  private static LanguageFunctions functions;

  @BeforeAll
  static void load() {
    program = new DeviceProgram(OPTIONS.execution());
    try (Checkpoint checkpoint = Checkpoint.open(TinyModel.directory())) {
      LanguageModelConfig config = checkpoint.config().language();
      assertThat(KernelStep.supports(config)).isTrue();
      LanguageParameters parameters =
          LanguageParameters.load(program.variables(), checkpoint, config, OPTIONS);
      StateTable slots =
          new StateTable(program.variables(), config, 40, StateStorage.F16, StepKernels.TRITON);
      functions =
          new LanguageFunctions(
              program,
              config,
              parameters,
              slots,
              new ImageTable(program.variables(), 16, config.dModel()),
              OPTIONS,
              StepKernels.TRITON);
    }
  }

  @AfterAll
  static void close() {
    program.close();
  }

  /** One row, few, and so many that activations have a kernel of their own. */
  @ParameterizedTest
  @CsvSource({"1, 1", "1, 4", "8, 1", "32, 4", "40, 1"})
  void windowsGiveKernelsWhatTheyTake(int batch, int count) {
    for (Task task : Task.values()) {
      assertThat(functions.window(task, batch, count)).isNotNull();
    }
    assertThat(functions.mixedWindow(batch, count)).isNotNull();
  }

  @ParameterizedTest
  @EnumSource(Task.class)
  void promptsGiveKernelsWhatTheyTake(Task task) {
    for (int length : new int[] {16, 64, 72, 256, 768, 2048}) {
      assertThat(functions.prefill(task, length)).isNotNull();
      assertThat(functions.prefillEmbedded(task, length)).isNotNull();
    }
  }

  @Test
  void otherOperandsAreRefused() {
    Kernel kernel = DrawKernel.of(2, List.of(16), 16);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                program.function(
                    "wrong",
                    scope -> {
                      Operand<TFloat32> x = scope.input(TFloat32.class, Shape.of(2, 16));
                      scope.kernel(
                          kernel,
                          List.of(x.asOutput()),
                          List.of(new TensorSpec(ElementType.I64, Shape.of(2))));
                      return List.of(x);
                    }))
        .withMessageContaining("draw takes");
  }
}
