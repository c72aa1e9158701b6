package org.omnimamba.training.step;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.training.data.Batch;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TInt64;

/** The gradients that a step sees, by the names of the parameters. */
public final class StepGradients {
  private StepGradients() {}

  public static Map<String, float[]> of(
      DeviceProgram program, TrainableParameters parameters, Objective objective, Batch batch) {
    Map<String, ObjectiveInput> inputs = new LinkedHashMap<>();
    CompiledFunction function =
        program.function(
            "gradients",
            scope -> {
              TrainableParameters.FunctionParameters read =
                  parameters.new FunctionParameters(scope);
              Operand<TInt64> seed = scope.input(TInt64.class, Shape.of(2));
              TrainOptions options = TrainOptions.defaults();
              ObjectiveScope inside =
                  new ObjectiveScope(
                      scope, new BlockContext(scope.tf(), read, options.precision()), seed);
              Loss loss = objective.build(inside);
              inputs.putAll(inside.inputs());
              return new ArrayList<>(
                  Gradients.of(scope.tf(), loss.value(), read, parameters.packs(), null));
            });
    CompiledFunction.Call call = function.call().longs(0, 0);
    ObjectiveCall.feed(call, inputs, batch);
    CompiledFunction.Outputs outputs = call.run();
    Map<String, float[]> gradients = new LinkedHashMap<>();
    List<TrainablePack> packs = parameters.packs();
    for (int i = 0; i < packs.size(); i++) {
      ParameterPack masters = packs.get(i).masters();
      float[] flat = outputs.floats(i);
      masters.tensors().forEach(name -> gradients.put(name, masters.cut(flat, name)));
    }
    return gradients;
  }
}
