package org.omnimamba.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.omnimamba.benchmarks.figures.Measurement;
import org.omnimamba.benchmarks.figures.VisionFlops;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.image.ImagePreprocessor;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.runtime.vision.ImageTokenizer;
import org.omnimamba.model.runtime.vision.PartOptions;
import org.omnimamba.model.runtime.vision.VisionEncoder;
import org.omnimamba.model.weights.WeightStorage;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import tools.jackson.databind.json.JsonMapper;

/**
 * How long the image side of the model takes at the released models' sizes, with random weights:
 * 256 image tokens to 256 x 256 pixels, and a photo through preprocessing, both towers at 384
 * pixels and the projector; beside them a matrix product as the machine's ceiling in the same run.
 *
 * <p>Arguments, all optional: {@code --parts vq,towers} {@code --compile true} {@code --runs 5}
 * {@code --device CPU} {@code --storage F32} {@code --precision FLOAT32}. Prints one JSON object.
 */
public final class VisionBenchmark {
  private static final int CEILING_SIDE = 2048;
  private static final double CEILING_GFLOP =
      2.0 * CEILING_SIDE * CEILING_SIDE * CEILING_SIDE / 1e9;

  private final Map<String, String> arguments;
  private final ModelConfig config = ModelPresets.omniMamba1_3B();
  private final Random random = new Random(1);
  private final int runs;

  private VisionBenchmark(Map<String, String> arguments) {
    this.arguments = arguments;
    this.runs = Integer.parseInt(argument("runs", "5"));
  }

  public static void main(String[] args) {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      arguments.put(args[i].substring("--".length()), args[i + 1]);
    }
    System.out.println(
        JsonMapper.shared().writeValueAsString(new VisionBenchmark(arguments).run()));
  }

  private Map<String, Object> run() {
    ExecutionOptions options =
        new ExecutionOptions(
            ExecutionOptions.Device.valueOf(argument("device", "CPU")),
            Boolean.parseBoolean(argument("compile", "true")),
            0);
    List<Measurement> measurements = new ArrayList<>();
    for (String part : argument("parts", "vq,towers").split(",", -1)) {
      try (DeviceProgram program = new DeviceProgram(options)) {
        measurements.addAll(part.equals("vq") ? measureVq(program) : measureTowers(program));
      }
    }
    try (DeviceProgram program = new DeviceProgram(options)) {
      measurements.add(measureCeiling(program));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("benchmark", "vision");
    json.put("sizes", config.name());
    json.put("device", options.device());
    json.put("compiled", options.compile());
    json.put("weights", argument("storage", "F32"));
    json.put("precision", argument("precision", "FLOAT32"));
    json.put("processors", Runtime.getRuntime().availableProcessors());
    json.put("java", Runtime.version().toString());
    json.put("results", measurements.stream().map(Measurement::json).toList());
    return json;
  }

  private List<Measurement> measureVq(DeviceProgram program) {
    ImageTokenizer tokenizer;
    try (RandomTensors weights = new RandomTensors(config)) {
      tokenizer = ImageTokenizer.load(program, weights, config, options());
    }
    int[] codes = random.ints(tokenizer.tokens(), 0, config.vq().codebookSize()).toArray();
    RgbImage blank = new RgbImage(256, 256, new byte[3 * 256 * 256]);
    return List.of(
        Measurement.of(
            "vq decode, 256 px",
            runs,
            VisionFlops.decode(config),
            () -> tokenizer.decode(List.of(codes))),
        Measurement.of(
            "vq decode, 4 pictures of 256 px",
            runs,
            4 * VisionFlops.decode(config),
            () -> tokenizer.decode(Collections.nCopies(4, codes))),
        Measurement.of(
            "vq encode, 256 px",
            runs,
            VisionFlops.tokenize(config),
            () -> tokenizer.encode(blank)));
  }

  private List<Measurement> measureTowers(DeviceProgram program) {
    VisionEncoder encoder;
    try (RandomTensors weights = new RandomTensors(config)) {
      encoder = VisionEncoder.load(program, weights, config, options());
    }
    byte[] rgb = new byte[3 * 1024 * 768];
    random.nextBytes(rgb);
    RgbImage photo = new RgbImage(1024, 768, rgb);
    ImagePreprocessor preprocessor = new ImagePreprocessor(config.vision());
    var pixels = preprocessor.prepare(photo);
    return List.of(
        Measurement.of(
            "preprocessing, 1024 x 768 to 384 px", runs, 0, () -> preprocessor.prepare(photo)),
        Measurement.of(
            "towers and projector, 384 px",
            runs,
            VisionFlops.encode(config),
            () -> encoder.encode(pixels)));
  }

  private Measurement measureCeiling(DeviceProgram program) {
    Shape shape = Shape.of(CEILING_SIDE, CEILING_SIDE);
    CompiledFunction product =
        program.function(
            "ceiling",
            scope -> {
              Operand<TFloat32> x = scope.input(TFloat32.class, shape);
              Operand<TFloat32> y = scope.tf().linalg.matMul(x, x);
              return List.of(scope.tf().math.mean(y, scope.tf().array(0, 1)));
            });
    float[] values = new float[CEILING_SIDE * CEILING_SIDE];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return Measurement.of(
        "ceiling: float32 product of 2048 x 2048",
        runs,
        CEILING_GFLOP,
        () -> product.call().floats(values).run());
  }

  private PartOptions options() {
    return new PartOptions(
        WeightStorage.valueOf(argument("storage", "F32")),
        Precision.valueOf(argument("precision", "FLOAT32")),
        Boolean.parseBoolean(argument("compile", "true")));
  }

  private String argument(String name, String otherwise) {
    return arguments.getOrDefault(name, otherwise);
  }
}
