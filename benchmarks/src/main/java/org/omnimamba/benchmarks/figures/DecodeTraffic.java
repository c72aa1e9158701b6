package org.omnimamba.benchmarks.figures;

import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.runtime.StateStorage;

/**
 * Bytes that one decode step cannot avoid to move: every weight once, every state in and out.
 *
 * @param weightBytes of all weights
 * @param stateBytesPerSequence of a state read and written
 */
public record DecodeTraffic(long weightBytes, long stateBytesPerSequence) {

  /** Of the model as these options hold it; a merged adapter is not read. */
  public static DecodeTraffic of(LanguageModelConfig config, RuntimeOptions options, Task task) {
    long rank = config.lora().rank();
    long width = config.dModel();
    long inProj = width * config.inProjDim();
    long adapter = options.mergedLora() ? 0 : rank * (width + config.inProjDim());
    long outProj = width * config.dInner();
    long conv = (long) config.convDim() * config.dConv();
    long head = width * config.outputVocabSize(task);
    // those that WeightStorage.INT8 is for, and the scales of their rows
    long step = config.layers() * (inProj + outProj) + head;
    long scales = config.layers() * (config.inProjDim() + width) + config.outputVocabSize(task);
    long others = config.layers() * (adapter + conv);
    long vectors =
        config.layers() * (width + config.dInner() + config.convDim() + 3L * config.heads())
            + width;
    long matrices =
        switch (options.storage()) {
          case F32 -> 4 * (step + others);
          case BF16 -> 2 * (step + others);
          case INT8 -> step + 4 * scales + 2 * others;
        };
    return new DecodeTraffic(matrices + 4 * vectors, 2 * stateBytes(config, options));
  }

  private static long stateBytes(LanguageModelConfig config, RuntimeOptions options) {
    long ssm = (long) config.layers() * config.dInner() * config.dState();
    return config.stateBytes() - (options.state() == StateStorage.F16 ? 2 * ssm : 0);
  }

  /** Of a step of several sequences. */
  public long bytes(int batch) {
    return weightBytes + batch * stateBytesPerSequence;
  }
}
