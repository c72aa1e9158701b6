package org.omnimamba.model.device;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
  /** Host memory that one run's new values may take, unless a single one is larger. */
  private static final long BATCH_BYTES = 256L << 20;

  private final Graph graph;
  private final Session session;
  private final ExclusiveUse use;
  private final ProgramDevices devices;
  private final Map<String, DeviceVariable> variables = new LinkedHashMap<>();

  DeviceVariables(Graph graph, Session session, ExclusiveUse use, ProgramDevices devices) {
    this.graph = graph;
    this.session = session;
    this.use = use;
    this.devices = devices;
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
    return create(List.of(new NewVariable(name, type, shape, filler))).get(0);
  }

  /**
   * A variable to create; see {@link #create(String, ElementType, Shape, Filler)} for its parts.
   *
   * @param name unique in the program
   * @param filler gives the first value
   */
  public record NewVariable(String name, ElementType type, Shape shape, Filler filler) {
    long byteSize() {
      return type.bytes() * shape.size();
    }
  }

  /**
   * Creates many variables, much faster than one after the other: TensorFlow goes over the whole
   * graph whenever it has grown, and again for every new set of operations to run. So all are
   * declared first and then get their values in few runs. Fillers run in the order of the list.
   *
   * @throws IllegalArgumentException if a name is taken
   */
  public List<DeviceVariable> create(List<NewVariable> wanted) {
    try (ExclusiveUse.Use ignored = use.enter()) {
      List<DeviceVariable> created = new ArrayList<>();
      wanted.forEach(one -> created.add(add(one.name(), one.type(), one.shape())));
      int first = 0;
      long bytes = 0;
      for (int i = 0; i < wanted.size(); i++) {
        if (i > first && bytes + wanted.get(i).byteSize() > BATCH_BYTES) {
          store(created.subList(first, i), wanted.subList(first, i));
          first = i;
          bytes = 0;
        }
        bytes += wanted.get(i).byteSize();
      }
      store(created.subList(first, created.size()), wanted.subList(first, wanted.size()));
      return created;
    }
  }

  private void store(List<DeviceVariable> created, List<NewVariable> values) {
    List<Tensor> tensors = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      for (int i = 0; i < created.size(); i++) {
        DeviceVariable variable = created.get(i);
        Tensor tensor = Tensor.of(variable.type().tensorClass(), variable.shape());
        tensors.add(tensor);
        values.get(i).filler().fill(tensor.asRawTensor());
        runner.feed(variable.access().fed(), tensor);
        variable.access().assigns().forEach(runner::addTarget);
      }
      if (!tensors.isEmpty()) {
        run(runner);
      }
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  /** {@link #create} with zeros everywhere, made on the device. */
  public DeviceVariable zeros(String name, ElementType type, Shape shape) {
    try (ExclusiveUse.Use ignored = use.enter()) {
      DeviceVariable variable = add(name, type, shape);
      Session.Runner runner = session.runner();
      for (int index = 0; index < devices.count(); index++) {
        Ops tf = devices.ops(graph, index).withSubScope(devices.named(name + "-zeros", index));
        Operand<?> zeros = tf.zeros(tf.constant(shape.asArray()), type.tensorClass());
        Output<?> handle = variable.access().handles().get(index);
        runner.addTarget(assignment(name + "-clear", index, handle, zeros, type));
      }
      run(runner);
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

  /** Gives a variable a new value, on every device. */
  public void assign(DeviceVariable variable, Filler filler) {
    try (ExclusiveUse.Use ignored = use.enter()) {
      store(
          List.of(variable),
          List.of(new NewVariable(variable.name(), variable.type(), variable.shape(), filler)));
    }
  }

  /** All elements of a float32 or bfloat16 variable, widened to float32; the first device's. */
  public float[] readFloats(DeviceVariable variable) {
    try (ExclusiveUse.Use ignored = use.enter();
        Result result = session.runner().fetch(variable.access().value()).run()) {
      return TensorMemory.floats(result.get(0));
    }
  }

  /** Bytes of all variables, on each device. */
  public long byteSize() {
    return variables.values().stream().mapToLong(DeviceVariable::byteSize).sum();
  }

  private static void run(Session.Runner runner) {
    try (Result done = runner.run()) {
      assert done.size() == 0;
    }
  }

  private DeviceVariable declare(String name, ElementType type, Shape shape) {
    Operand<?> fed = placeholder(name, type.tensorClass(), shape);
    List<Output<?>> handles = new ArrayList<>();
    List<Operation> assigns = new ArrayList<>();
    for (int index = 0; index < devices.count(); index++) {
      String own = devices.named(name, index);
      Output<?> handle =
          devices
              .scope(graph, index)
              .withName(own)
              .opBuilder("VarHandleOp", own)
              .setAttr("dtype", type.dataType())
              .setAttr("shape", shape)
              // without a name of its own every handle would be the same variable
              .setAttr("shared_name", own)
              .build()
              .output(0);
      handles.add(handle);
      assigns.add(assignment(name + "-assign", index, handle, fed, type));
    }
    Operand<?> value =
        devices
            .scope(graph, 0)
            .withName(name + "-read")
            .opBuilder("ReadVariableOp", "read")
            .addInput(handles.get(0))
            .setAttr("dtype", type.dataType())
            .build()
            .output(0);
    return new DeviceVariable(
        name, type, shape, new DeviceVariable.Access(handles, fed, assigns, value));
  }

  private Operation assignment(
      String name, int index, Output<?> handle, Operand<?> value, ElementType type) {
    return devices
        .scope(graph, index)
        .withName(devices.named(name, index))
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
