package org.omnimamba.model.device;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.proto.RunOptions;

/** Runs of a session in which several functions take part, and what passes between devices. */
final class TogetherRuns {
  /** Of all devices of the program; the only group there is. */
  private static final long GROUP = 1;

  /** Asked for between GPUs, where TensorFlow would take its slower ring; CPUs take that one. */
  private static final String NCCL = "nccl";

  private final Graph graph;
  private final Session session;
  private final ProgramDevices devices;
  private int sums;

  TogetherRuns(Graph graph, Session session, ProgramDevices devices) {
    this.graph = graph;
    this.session = session;
    this.devices = devices;
  }

  /** See {@link DeviceProgram#sumOverDevices}. */
  ReplicatedValue sum(ReplicatedValue value) {
    if (devices.count() == 1) {
      return value;
    }
    int instance = ++sums;
    List<Output<?>> reduced = new ArrayList<>();
    for (int device = 0; device < devices.count(); device++) {
      String name = devices.named("sum_" + instance, device);
      reduced.add(
          devices
              .scope(graph, device)
              .withName(name)
              .opBuilder("CollectiveReduce", name)
              .addInput(value.on(device))
              .setAttr("group_size", devices.count())
              .setAttr("group_key", GROUP)
              .setAttr("instance_key", instance)
              .setAttr("merge_op", "Add")
              .setAttr("final_op", "Id")
              .setAttr("subdiv_offsets", new long[] {0})
              .setAttr("communication_hint", NCCL)
              .build()
              .output(0));
    }
    return new ReplicatedValue(value.spec(), reduced);
  }

  /** See {@link DeviceProgram#runTogether}. */
  List<CompiledFunction.Outputs> run(List<CompiledFunction.Call> calls) {
    Session.Runner runner = session.runner();
    runner.setOptions(
        RunOptions.newBuilder()
            .setExperimental(RunOptions.Experimental.newBuilder().setCollectiveGraphKey(GROUP))
            .build());
    try (Result result = fed(runner, calls)) {
      List<CompiledFunction.Outputs> outputs = new ArrayList<>();
      int from = 0;
      for (CompiledFunction.Call call : calls) {
        outputs.add(call.copy(result, from));
        from += call.fetches();
      }
      return outputs;
    }
  }

  /** Feeds the first call around the run of the others. */
  private static Result fed(Session.Runner runner, List<CompiledFunction.Call> calls) {
    return calls.isEmpty()
        ? runner.run()
        : calls.get(0).feed(runner, () -> fed(runner, calls.subList(1, calls.size())));
  }
}
