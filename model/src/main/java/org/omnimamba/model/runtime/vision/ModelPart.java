package org.omnimamba.model.runtime.vision;

import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.weights.ParameterProbe;
import org.omnimamba.model.weights.ParameterStore;
import org.omnimamba.model.weights.PartBody;

/**
 * A part of the model on a program: its parameters, and functions over them, which may run beside
 * the language model's.
 */
final class ModelPart {
  private final DeviceProgram program;
  private final ParameterStore parameters;
  private final PartOptions options;

  ModelPart(DeviceProgram program, PartOptions options) {
    this.program = program;
    this.parameters = new ParameterStore(program.variables(), options.storage());
    this.options = options;
  }

  /** Loads the parameters that {@code body} reads and that are not there yet. */
  void load(TensorSource source, PartBody body) {
    ParameterProbe probe = ParameterProbe.of(source, body);
    parameters.load(
        source, probe.names().stream().filter(name -> !parameters.contains(name)).toList());
    parameters.loadFilters(
        source, probe.filters().stream().filter(name -> !parameters.contains(name)).toList());
  }

  /** Adds a function that reads loaded parameters only. */
  CompiledFunction function(String name, PartBody body) {
    return program.functionBeside(
        name,
        options.compile(),
        scope -> {
          BlockContext root =
              new BlockContext(scope.tf(), parameters.in(scope), options.precision());
          return body.build(
              scope, options.convolveByProducts() ? root.convolvingByProducts() : root);
        });
  }
}
