package org.omnimamba.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.benchmarks.figures.Rounding;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.DeviceVariables;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.omnimamba.model.runtime.language.PromptEmbeddings;

/**
 * Decode steps after contexts of any length, beside the Transformers of {@code peers.py}, whose
 * steps and memory grow with it.
 */
final class ContextBenchmark {
  private final LanguageModelConfig config;
  private final LanguageModel model;
  private final DeviceVariables variables;
  private final StepTimer timer;

  /**
   * @param variables of the program that the model runs on
   * @param timer of text-to-image steps
   */
  ContextBenchmark(
      LanguageModelConfig config, LanguageModel model, DeviceVariables variables, StepTimer timer) {
    this.config = config;
    this.model = model;
    this.variables = variables;
    this.timer = timer;
  }

  /**
   * Reads a context once and gives all sequences the state after it, then times steps.
   *
   * @param context tokens before the first step
   * @param batches at most the model's slots each
   * @return a report for each batch
   */
  List<Map<String, Object>> run(int context, int[] batches) {
    int[] ids = new int[Math.min(context, model.positions(Task.T2I))];
    PromptEmbeddings prompt = model.embedT2i(ids).repeatedTo(context);
    List<Map<String, Object>> reports = new ArrayList<>();
    for (int batch : batches) {
      long start = System.nanoTime();
      model.prefill(Task.T2I, 0, prompt, 0, context);
      double prefillSeconds = (System.nanoTime() - start) / 1e9;
      for (int slot = 1; slot < batch; slot++) {
        model.copyState(0, slot);
      }
      StepTimer.Times times = timer.time(batch, context % config.dConv(), model.tokensPerCall());
      Map<String, Object> report = new LinkedHashMap<>();
      report.put("context", context);
      report.put("prefill_s", Rounding.hundredths(prefillSeconds));
      report.putAll(times.json());
      report.put("device_bytes", variables.byteSize());
      // a server of as many slots as there are sequences would need no more
      report.put(
          "device_bytes_for_batch",
          variables.byteSize() - (model.slots() - batch) * model.stateBytes());
      report.put("gpu_used_bytes", GpuMemory.usedBytes());
      reports.add(report);
    }
    return reports;
  }
}
