package org.omnimamba.model.device;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.family.TType;

/**
 * One TensorFlow session with its variables and functions; the owner of everything native. Used by
 * one thread at a time, beside which another one may use the functions that were added for it
 * ({@link #functionBeside}); {@link #compileFor} starts threads of its own.
 */
public final class DeviceProgram implements AutoCloseable {
  private final ExecutionOptions options;
  private final ProgramDevices devices;
  private final Graph graph;
  private final Session session;
  private final ExclusiveUse use = new ExclusiveUse();
  private final ExclusiveUse useBeside = new ExclusiveUse();
  private final Rehearsal rehearsal = new Rehearsal();
  private final DeviceVariables variables;
  private final TogetherRuns together;
  private final List<InputTensors> inputs = new ArrayList<>();
  private int functions;
  private int compiledFunctions;

  /**
   * Opens a session.
   *
   * @throws NoGpuException if the options want more GPUs than there are
   */
  public DeviceProgram(ExecutionOptions options) {
    this.options = options;
    this.devices = ProgramDevices.of(options);
    ConfigProto configuration = SessionSettings.of(options);
    if (options.device() == ExecutionOptions.Device.GPU) {
      GpuProbe.require(configuration, options.devices());
    }
    this.graph = new Graph();
    this.session = new Session(graph, configuration);
    this.variables = new DeviceVariables(graph, session, use, devices);
    this.together = new TogetherRuns(graph, session, devices);
  }

  /** How many devices have copies of the variables. */
  public int devices() {
    return devices.count();
  }

  /**
   * Whether TensorFlow has a GPU. It tries one, and the first session of a process decides how the
   * GPU's memory is taken and how many threads share an operation.
   *
   * @param threads as programs of this process will have them
   */
  public static boolean hasGpu(int threads) {
    try {
      GpuProbe.require(
          SessionSettings.of(new ExecutionOptions(ExecutionOptions.Device.GPU, true, threads)), 1);
      return true;
    } catch (NoGpuException e) {
      return false;
    }
  }

  /**
   * Memory of the first GPU that TensorFlow can take, in bytes: what was free when the process
   * first used it. There must be one; see {@link #hasGpu}.
   *
   * @param threads as programs of this process will have them
   * @throws NoGpuException if there is no GPU
   */
  public static long gpuMemoryBytes(int threads) {
    ConfigProto configuration =
        SessionSettings.of(new ExecutionOptions(ExecutionOptions.Device.GPU, true, threads));
    GpuProbe.require(configuration, 1);
    return DeviceMemory.bytes("GPU", configuration);
  }

  public DeviceVariables variables() {
    return variables;
  }

  /** Functions so far. After others have run, adding one takes seconds at the sizes of 1.3B. */
  public synchronized int functions() {
    return functions;
  }

  /** Functions so far that XLA has compiled, or will at their first call. */
  public synchronized int compiledFunctions() {
    return compiledFunctions;
  }

  /**
   * Adds a function. Its body is built now; with compilation on, XLA compiles it at its first call.
   *
   * @param name for messages and profiles; need not be unique
   */
  public CompiledFunction function(String name, FunctionBody body) {
    return function(name, options.compile(), body);
  }

  /** {@link #function(String, FunctionBody)} that is compiled or not whatever the options say. */
  public CompiledFunction function(String name, boolean compile, FunctionBody body) {
    return plain(use, name, compile, body);
  }

  /**
   * A function that a second thread may add and call while the first one adds and calls its own. It
   * must not touch what these write, nor write what they read at the same time.
   */
  public CompiledFunction functionBeside(String name, boolean compile, FunctionBody body) {
    return plain(useBeside, name, compile, body);
  }

  private CompiledFunction plain(
      ExclusiveUse caller, String name, boolean compile, FunctionBody body) {
    return described(
            caller, name, compile, scope -> new DescribedFunction.Built<>(body.build(scope), name))
        .function();
  }

  /** {@link #function(String, FunctionBody)} whose body says what it built. */
  public <T> DescribedFunction<T> describedFunction(String name, DescribedFunction.Body<T> body) {
    return described(use, name, options.compile(), body);
  }

  private <T> DescribedFunction<T> described(
      ExclusiveUse caller, String name, boolean compile, DescribedFunction.Body<T> body) {
    try (ExclusiveUse.Use ignored = caller.enter()) {
      Added<T> added = added(new Addition(caller, name, compile, 1, false, List.of()), body);
      return new DescribedFunction<>(added.copies().get(0), added.description());
    }
  }

  /**
   * Adds a function to every device; each copy works on its device's variables. Its body is built
   * once.
   *
   * @param name for messages and profiles; need not be unique
   * @param linked what the body's first inputs are, in the order of their declaration; callers pass
   *     the others
   * @throws IllegalArgumentException if the body declares other inputs first
   */
  public ReplicatedFunction replicated(
      String name, List<ReplicatedValue> linked, FunctionBody body) {
    try (ExclusiveUse.Use ignored = use.enter()) {
      Added<String> added =
          added(
              new Addition(use, name, options.compile(), devices.count(), true, linked),
              scope -> new DescribedFunction.Built<>(body.build(scope), name));
      return new ReplicatedFunction(added.copies(), added.outputs());
    }
  }

  /**
   * The sum of what the devices have, with the same bits on each of them, by TensorFlow's
   * collective operations: always added in the same order.
   */
  public ReplicatedValue sumOverDevices(ReplicatedValue value) {
    try (ExclusiveUse.Use ignored = use.enter()) {
      return together.sum(value);
    }
  }

  /**
   * Runs calls at the same time, those of linked functions after those that they take values from.
   * Each call's wanted outputs come to the host.
   *
   * @param calls of functions of this program, each function once; what takes part in a {@link
   *     #sumOverDevices} is called on every device
   * @return the outputs, one for each call
   */
  public List<CompiledFunction.Outputs> runTogether(List<CompiledFunction.Call> calls) {
    try (ExclusiveUse.Use ignored = use.enter()) {
      return together.run(calls);
    }
  }

  /**
   * A function to add.
   *
   * @param copies devices that get it, from the first one on
   * @param passesOn whether its outputs may go on to another function
   * @param linked what its first inputs are
   */
  private record Addition(
      ExclusiveUse caller,
      String name,
      boolean compile,
      int copies,
      boolean passesOn,
      List<ReplicatedValue> linked) {}

  /**
   * A function that was added.
   *
   * @param copies one for each device
   */
  private record Added<T>(List<CompiledFunction> copies, List<TensorSpec> outputs, T description) {}

  /** One at a time: names, lists and the graph are common to both threads. */
  private synchronized <T> Added<T> added(Addition wanted, DescribedFunction.Body<T> body) {
    try (Graph bodyGraph = new Graph()) {
      boolean onCpu = options.device() == ExecutionOptions.Device.CPU;
      FunctionScope scope = new FunctionScope(bodyGraph, wanted.compile(), onCpu);
      DescribedFunction.Built<T> built = body.build(scope);
      requireLinked(wanted, scope.inputs());
      List<Operand<?>> outputs = outputsAfterEffects(scope, List.copyOf(built.outputs()));
      List<TensorSpec> specs =
          outputs.stream()
              .map(output -> new TensorSpec(ElementType.of(output.type()), output.shape()))
              .toList();
      String unique = wanted.name() + "_" + functions++;
      if (wanted.compile()) {
        compiledFunctions++;
      }
      try (ConcreteFunction function =
          ConcreteFunction.create(signature(unique, scope, outputs), bodyGraph)) {
        List<CompiledFunction> copies = new ArrayList<>();
        for (int device = 0; device < wanted.copies(); device++) {
          copies.add(call(wanted, unique, device, function, scope, specs));
        }
        return new Added<>(copies, specs, built.description());
      }
    }
  }

  private static void requireLinked(Addition wanted, List<TensorSpec> inputs) {
    List<TensorSpec> given = wanted.linked().stream().map(ReplicatedValue::spec).toList();
    if (given.size() > inputs.size() || !inputs.subList(0, given.size()).equals(given)) {
      throw new IllegalArgumentException(
          "%s takes %s first, not %s".formatted(wanted.name(), inputs, given));
    }
  }

  /**
   * Compiles the functions that some calls need, several at a time, so that the calls themselves
   * find them compiled. The calls are made twice, in effect: first by {@code calls}, where each
   * only adds its function and returns zeros, then once for every function, in any order and side
   * by side, with the very inputs. So their effects on variables must be harmless in any order.
   * Calls of functions that are not compiled have no effect at all.
   *
   * <p>Functions that run side by side hold their scratch memory side by side. No other thread may
   * use the program meanwhile.
   *
   * @param calls makes the calls, in this thread
   * @param threads that compile
   * @throws RuntimeException of the first function that could not be compiled
   */
  public CompileTimes compileFor(Runnable calls, int threads, CompileListener listener) {
    long start = System.nanoTime();
    rehearsal.note(calls);
    long declared = System.nanoTime();
    try (ExclusiveUse.Use held = use.enter();
        ExclusiveUse.Use beside = useBeside.enter()) {
      Objects.requireNonNull(beside);
      rehearsal.run(held, threads, listener);
    }
    return new CompileTimes(declared - start, System.nanoTime() - declared);
  }

  /** A function's effects must have happened when its outputs are there. */
  private static List<Operand<?>> outputsAfterEffects(
      FunctionScope scope, List<? extends Operand<?>> outputs) {
    if (scope.effects().isEmpty()) {
      return new ArrayList<>(outputs);
    }
    Ops after = scope.tf().withControlDependencies(scope.effects().toArray(new Op[0]));
    List<Operand<?>> delayed = new ArrayList<>();
    for (Operand<?> output : outputs) {
      delayed.add(after.identity(output));
    }
    if (delayed.isEmpty()) {
      delayed.add(after.identity(scope.tf().constant(1L)));
    }
    return delayed;
  }

  private static Signature signature(
      String name, FunctionScope scope, List<? extends Operand<?>> outputs) {
    Signature.Builder signature = Signature.builder(name);
    int handle = 0;
    for (Output<?> argument : scope.handles().values()) {
      signature.input("handle_" + handle++, argument);
    }
    int input = 0;
    for (Operand<?> argument : scope.arguments()) {
      signature.input("input_" + input++, argument);
    }
    for (int i = 0; i < outputs.size(); i++) {
      signature.output("output_" + i, outputs.get(i));
    }
    return signature.build();
  }

  private CompiledFunction call(
      Addition wanted,
      String unique,
      int device,
      ConcreteFunction function,
      FunctionScope scope,
      List<TensorSpec> outputs) {
    String name = devices.named(unique, device);
    List<Output<?>> arguments = new ArrayList<>();
    scope
        .handles()
        .keySet()
        .forEach(variable -> arguments.add(variable.access().handles().get(device)));
    wanted.linked().forEach(value -> arguments.add(value.on(device)));
    Map<Operand<?>, TensorSpec> fed = new LinkedHashMap<>();
    List<TensorSpec> inputs = scope.inputs();
    for (TensorSpec input : inputs.subList(wanted.linked().size(), inputs.size())) {
      Operand<?> placeholder = placeholder(name + "-input_" + fed.size(), input);
      fed.put(placeholder, input);
      arguments.add(placeholder.asOutput());
    }
    Operation call =
        devices
            .scope(graph, device)
            .withName(name)
            .opBuilder("StatefulPartitionedCall", name)
            .addInputList(arguments.toArray(new Output<?>[0]))
            .setAttr(
                "Tout",
                outputs.stream().map(output -> output.type().dataType()).toArray(DataType[]::new))
            .setAttr("f", function)
            // makes the call one XLA cluster; without it the same body runs op by op
            .setAttr("_XlaMustCompile", wanted.compile())
            .build();
    boolean keeping = wanted.compile() || !(assigns(scope) || wanted.passesOn());
    InputTensors tensors = new InputTensors(fed, keeping);
    this.inputs.add(tensors);
    return new CompiledFunction(
        name, session, wanted.caller(), rehearsal, wanted.compile(), tensors, call, outputs);
  }

  /**
   * Whether a function replaces a variable. Run op by op, the new value's memory becomes the
   * variable, and that may be an input, of this function or of one that it was passed on by; what
   * XLA computes has memory of its own.
   */
  private static boolean assigns(FunctionScope scope) {
    return scope.effects().stream()
        .anyMatch(effect -> effect.op().type().equals("AssignVariableOp"));
  }

  private Operand<?> placeholder(String name, TensorSpec spec) {
    return placeholder(name, spec.type().tensorClass(), spec);
  }

  private <T extends TType> Operand<T> placeholder(String name, Class<T> type, TensorSpec spec) {
    return Ops.create(graph).withName(name).placeholder(type, Placeholder.shape(spec.shape()));
  }

  /** Releases variables and functions. Closing again has no effect. */
  @Override
  public void close() {
    session.close();
    inputs.forEach(InputTensors::close);
    graph.close();
  }
}
