package org.omnimamba.model.runtime.language;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.graph.mamba.Backbone;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.testing.TestDevice;
import org.omnimamba.model.testing.TinyModel;

/** The oracle's tiny language model, with a view into its states. */
final class TinyLanguageModel implements AutoCloseable {
  /** Fewer than a GPU is given: XLA compiles each of them for a while. */
  private static final int TOKENS_PER_CALL = 4;

  private final DeviceProgram program;
  private final LanguageModel model;
  private final ModelConfig config;
  private final float[] mmuPositions;

  TinyLanguageModel(RuntimeOptions options) {
    this(options, TinyModel.directory(), UnaryOperator.identity(), false);
  }

  /** The model as accelerators run it: steps work on windows of consecutive slots. */
  static TinyLanguageModel withWindows(RuntimeOptions options) {
    return new TinyLanguageModel(options, TinyModel.directory(), UnaryOperator.identity(), true);
  }

  TinyLanguageModel(
      RuntimeOptions options, Path directory, UnaryOperator<TensorSource> alteration) {
    this(options, directory, alteration, false);
  }

  /**
   * @param alteration of the checkpoint before it is loaded
   */
  private TinyLanguageModel(
      RuntimeOptions options,
      Path directory,
      UnaryOperator<TensorSource> alteration,
      boolean windows) {
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      config = checkpoint.config();
      program = new DeviceProgram(options.execution());
      model =
          LanguageModel.load(
              program, alteration.apply(checkpoint), config, options, windows, TOKENS_PER_CALL);
      mmuPositions = checkpoint.readFloats(Backbone.PREFIX + ".mmu_pos_embed");
    }
  }

  /** The model with some tensors changed. */
  static TinyLanguageModel altered(Predicate<String> tensors, UnaryOperator<float[]> change) {
    RuntimeOptions plain =
        TestDevice.exact().withExecution(TestDevice.execution().withCompile(false));
    return new TinyLanguageModel(
        plain, TinyModel.directory(), source -> new AlteredSource(source, tensors, change));
  }

  LanguageModel model() {
    return model;
  }

  DeviceProgram program() {
    return program;
  }

  LanguageModelConfig config() {
    return config.language();
  }

  /** A prompt of the golden files; for understanding, those lack the positions. */
  PromptEmbeddings prompt(Task task, float[] embeddings) {
    float[] values = embeddings.clone();
    if (task == Task.MMU) {
      for (int i = 0; i < values.length; i++) {
        values[i] += mmuPositions[i];
      }
    }
    return new PromptEmbeddings(task, config().dModel(), values);
  }

  /** The last columns of one layer as the reference keeps them: {@code [convDim, dConv]}. */
  float[] conv(int slot, int layer, int tokensSeen) {
    int taps = config().dConv();
    int channels = config().convDim();
    float[] all = program.variables().readFloats(model.states().conv());
    int first = (layer * model.states().rows() + slot) * taps;
    float[] columns = new float[channels * taps];
    for (int tap = 0; tap < taps; tap++) {
      int place = first + (tokensSeen + tap) % taps;
      for (int channel = 0; channel < channels; channel++) {
        columns[channel * taps + tap] = all[place * channels + channel];
      }
    }
    return columns;
  }

  /** The state of one layer as the reference keeps it: {@code [heads, headDim, dState]}. */
  float[] ssm(int slot, int layer) {
    int width = config().dInner();
    int states = config().dState();
    float[] all = program.variables().readFloats(model.states().ssm());
    int first = (layer * model.states().rows() + slot) * states * width;
    float[] turned = new float[states * width];
    for (int state = 0; state < states; state++) {
      for (int channel = 0; channel < width; channel++) {
        turned[channel * states + state] = all[first + state * width + channel];
      }
    }
    return turned;
  }

  /** Everything a slot holds, bit by bit. */
  List<float[]> state(int slot) {
    List<float[]> state = new ArrayList<>();
    for (int layer = 0; layer < config().layers(); layer++) {
      state.add(conv(slot, layer, 0));
      state.add(ssm(slot, layer));
    }
    return state;
  }

  @Override
  public void close() {
    program.close();
  }
}
