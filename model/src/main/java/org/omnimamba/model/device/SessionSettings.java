package org.omnimamba.model.device;

import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;

/** What TensorFlow is told of a program's session. */
final class SessionSettings {
  private SessionSettings() {}

  static ConfigProto of(ExecutionOptions options) {
    ConfigProto.Builder config = ConfigProto.newBuilder();
    config.setIntraOpParallelismThreads(options.threads());
    boolean onCpu = options.device() == ExecutionOptions.Device.CPU;
    config.setGraphOptions(
        options.compile() && !onCpu
            ? placedAtOnce()
            // places what a call needs, so that an added function costs the others nothing
            : GraphOptions.newBuilder().setPlacePrunedGraph(true));
    if (onCpu) {
      config.putDeviceCount("GPU", 0).putDeviceCount("CPU", options.devices());
    } else {
      // shape arithmetic has kernels in host memory only
      config.setAllowSoftPlacement(true);
      config.setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true));
    }
    return config.build();
  }

  /**
   * Places the whole graph whenever it has grown, and then prepares each call quickly; the other
   * way, preparing a call goes over all functions, at 1.3B for more than a second, one call after
   * the other. Best where functions are added first and called then; see {@link
   * DeviceProgram#compileFor}.
   */
  private static GraphOptions.Builder placedAtOnce() {
    // it has never run: a pruned graph is not rewritten, and XLA rewrites for itself
    return GraphOptions.newBuilder()
        .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true));
  }
}
