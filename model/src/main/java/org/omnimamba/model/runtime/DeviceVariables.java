package org.omnimamba.model.runtime;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.RawTensor;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.family.TType;

/** The variables of one program. */
public final class DeviceVariables {
  private final Graph graph;
  private final Session session;
  private final ExclusiveUse use;
  private final String device;
  private final Map<String, DeviceVariable> variables = new LinkedHashMap<>();

  DeviceVariables(Graph graph, Session session, ExclusiveUse use, String device) {
    this.graph = graph;
    this.session = session;
    this.use = use;
    this.device = device;
  }

  /** Fills a tensor's memory, which holds arbitrary bytes before. */
  @FunctionalInterface
  public interface Filler {
    void fill(RawTensor memory);
  }

  /**
   * Declares a variable and gives it its first value. On the CPU the memory that {@code filler}
   * fills becomes the variable; on an accelerator it is copied there and released.
   *
   * @param name unique in the program; letters, digits and {@code ._-}
   * @throws IllegalArgumentException if the name is taken
   */
  public DeviceVariable create(String name, ElementType type, Shape shape, Filler filler) {
    try (ExclusiveUse.Use ignored = use.enter()) {
      DeviceVariable variable = add(name, type, shape);
      store(variable, filler);
      return variable;
    }
  }

  /** {@link #create} with zeros everywhere, made on the device. */
  public DeviceVariable zeros(String name, ElementType type, Shape shape) {
    try (ExclusiveUse.Use ignored = use.enter()) {
      DeviceVariable variable = add(name, type, shape);
      Ops tf = Ops.create(graph).withSubScope(name + "-zeros");
      Operand<?> zeros = tf.zeros(tf.constant(shape.asArray()), type.tensorClass());
      run(
          session
              .runner()
              .addTarget(assignment(name + "-clear", variable.access().handle(), zeros, type)));
      return variable;
    }
  }

  private DeviceVariable add(String name, ElementType type, Shape shape) {
    if (variables.containsKey(name)) {
      throw new IllegalArgumentException("there is a variable " + name + " already");
    }
    DeviceVariable variable = declare(name, type, shape);
    variables.put(name, variable);
    return variable;
  }

  /** Gives a variable a new value. */
  public void assign(DeviceVariable variable, Filler filler) {
    try (ExclusiveUse.Use ignored = use.enter()) {
      store(variable, filler);
    }
  }

  /** All elements of a float32 or bfloat16 variable, widened to float32. */
  public float[] readFloats(DeviceVariable variable) {
    try (ExclusiveUse.Use ignored = use.enter();
        Result result = session.runner().fetch(variable.access().value()).run()) {
      return TensorMemory.floats(result.get(0));
    }
  }

  /** Bytes of all variables. */
  public long byteSize() {
    return variables.values().stream().mapToLong(DeviceVariable::byteSize).sum();
  }

  private void store(DeviceVariable variable, Filler filler) {
    try (Tensor tensor = Tensor.of(variable.type().tensorClass(), variable.shape())) {
      filler.fill(tensor.asRawTensor());
      run(
          session
              .runner()
              .feed(variable.access().fed(), tensor)
              .addTarget(variable.access().assign()));
    }
  }

  private static void run(Session.Runner runner) {
    try (Result done = runner.run()) {
      assert done.size() == 0;
    }
  }

  private DeviceVariable declare(String name, ElementType type, Shape shape) {
    Output<?> handle =
        graph
            .baseScope()
            .withName(name)
            .opBuilder("VarHandleOp", name)
            .setAttr("dtype", type.dataType())
            .setAttr("shape", shape)
            // without a name of its own every handle would be the same variable
            .setAttr("shared_name", name)
            .setDevice(device)
            .build()
            .output(0);
    Operand<?> fed = placeholder(name, type.tensorClass(), shape);
    Operation assign = assignment(name + "-assign", handle, fed, type);
    Operand<?> value =
        graph
            .baseScope()
            .withName(name + "-read")
            .opBuilder("ReadVariableOp", "read")
            .addInput(handle)
            .setAttr("dtype", type.dataType())
            .build()
            .output(0);
    return new DeviceVariable(
        name, type, shape, new DeviceVariable.Access(handle, fed, assign, value));
  }

  private Operation assignment(String name, Output<?> handle, Operand<?> value, ElementType type) {
    return graph
        .baseScope()
        .withName(name)
        .opBuilder("AssignVariableOp", "assign")
        .addInput(handle)
        .addInput(value.asOutput())
        .setAttr("dtype", type.dataType())
        .build();
  }

  private <T extends TType> Operand<T> placeholder(String name, Class<T> type, Shape shape) {
    return Ops.create(graph).withName(name + "-fed").placeholder(type, Placeholder.shape(shape));
  }
}
