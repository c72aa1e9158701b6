package org.omnimamba.model.graph.vq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsReader;
import org.omnimamba.model.config.VqConfig;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.ConstantParameters;
import org.omnimamba.model.graph.PlainGraph;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.OracleFiles;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Surprise 27: normalised codebook, group norm, asymmetric padding, where attention stands. */
class VqTokenizerTest {
  private static final Golden GOLDEN = Golden.of("vq16-tiny");
  private static final SafetensorsReader WEIGHTS =
      Safetensors.open(OracleFiles.path("vq16-tiny.weights.safetensors"));
  private static final VqConfig CONFIG =
      new VqConfig(32, List.of(1, 1, 2, 2, 4), 2, 32, 128, 8, true, 65536);

  private PlainGraph graph;
  private ConstantParameters parameters;
  private BlockContext context;

  @BeforeEach
  void open() {
    graph = new PlainGraph();
    parameters = new ConstantParameters(graph.tf(), WEIGHTS);
    context = graph.context(parameters);
  }

  @AfterEach
  void close() {
    graph.close();
  }

  @AfterAll
  static void closeWeights() {
    WEIGHTS.close();
  }

  @ParameterizedTest
  @CsvSource({"square64,4,4", "rect64x96,4,6"})
  void encodesToTheReferencesCodesAndBack(String name, long rows, long columns) {
    String prefix = "encode/" + name + "/";
    VqEncoder encoder = new VqEncoder(context, CONFIG);
    VectorQuantizer quantizer = new VectorQuantizer(context.in("quantize"), CONFIG);
    Operand<TFloat32> image = graph.channelsLast(graph.constant(GOLDEN, prefix + "image"));
    VqTrace trace = encoder.trace(image);
    Operand<TFloat32> vectors = encoder.apply(image);
    Operand<TInt64> codes = quantizer.nearest(vectors);
    long batch = GOLDEN.shape(prefix + "image")[0];
    Operand<TFloat32> entries =
        quantizer.lookUp(graph.tf().reshape(codes, graph.tf().array(batch, rows, columns)));

    graph
        .fetch(prefix + "encoder_out", graph.channelsFirst(trace.last()))
        .fetch(prefix + "quant_conv_out", graph.channelsFirst(vectors))
        .fetch(prefix + "quantized", graph.channelsFirst(entries))
        .fetch(
            prefix + "reconstruction",
            graph.channelsFirst(new VqDecoder(context, CONFIG).apply(entries)))
        .fetch("codes", codes);
    trace
        .outputs()
        .forEach(
            (module, output) -> {
              String traced = prefix + "trace/encoder." + module;
              // the first convolution's golden output is of the first picture only
              if (GOLDEN.has(traced) && GOLDEN.shape(traced)[0] == batch) {
                graph.fetch(traced, graph.channelsFirst(output));
              }
            });

    Map<String, float[]> results = graph.run();
    long[] expected = GOLDEN.longs(prefix + "indices");
    float[] actual = results.remove("codes");
    for (int i = 0; i < expected.length; i++) {
      assertThat((long) actual[i]).isEqualTo(expected[i]);
    }
    assertThat(results).hasSizeGreaterThan(name.equals("square64") ? 8 : 3);
    results.forEach(
        (tensor, values) -> PlainGraph.assertClose(tensor, values, GOLDEN.floats(tensor)));
  }

  @Test
  void decodesTheReferencesCodes() {
    VectorQuantizer quantizer = new VectorQuantizer(context.in("quantize"), CONFIG);
    Operand<TFloat32> entries =
        quantizer.lookUp(graph.codes(GOLDEN.longs("decode/codes"), 2, 4, 4));
    VqTrace trace = new VqDecoder(context, CONFIG).trace(entries);
    graph
        .fetch("codebook_l2_normalised", quantizer.codebook())
        .fetch("decode/codebook_entry_nchw", graph.channelsFirst(entries))
        .fetch("decode/image", graph.channelsFirst(trace.last()));
    for (String name : List.of("mid.0", "mid.1", "mid.2", "conv_blocks.0.upsample")) {
      graph.fetch("decode/trace/decoder." + name, graph.channelsFirst(trace.outputs().get(name)));
    }
    graph.assertEquals(GOLDEN);
  }

  /** Stride 2, padding and rectangles included. */
  @ParameterizedTest
  @CsvSource({"square64,4,4", "rect64x96,4,6"})
  void convolutionsByProductsGiveTheSame(String name, long rows, long columns) {
    String prefix = "encode/" + name + "/";
    BlockContext byProducts = context.convolvingByProducts();
    Operand<TFloat32> image = graph.channelsLast(graph.constant(GOLDEN, prefix + "image"));
    Operand<TFloat32> vectors = new VqEncoder(byProducts, CONFIG).apply(image);
    VectorQuantizer quantizer = new VectorQuantizer(byProducts.in("quantize"), CONFIG);
    long batch = GOLDEN.shape(prefix + "image")[0];
    Operand<TFloat32> entries =
        quantizer.lookUp(
            graph.tf().reshape(quantizer.nearest(vectors), graph.tf().array(batch, rows, columns)));
    graph
        .fetch(prefix + "quant_conv_out", graph.channelsFirst(vectors))
        .fetch(
            prefix + "reconstruction",
            graph.channelsFirst(new VqDecoder(byProducts, CONFIG).apply(entries)))
        .assertEquals(GOLDEN);
  }

  @Test
  void readsEveryParameterButTheUnusedCounters() {
    Operand<TFloat32> image = graph.channelsLast(graph.constant(GOLDEN, "encode/rect64x96/image"));
    VectorQuantizer quantizer = new VectorQuantizer(context.in("quantize"), CONFIG);
    Operand<TInt64> codes = quantizer.nearest(new VqEncoder(context, CONFIG).apply(image));
    new VqDecoder(context, CONFIG)
        .apply(quantizer.lookUp(graph.tf().reshape(codes, graph.tf().array(1L, 4L, 6L))));
    assertThat(WEIGHTS.names())
        .filteredOn(name -> !parameters.read().contains(name))
        .allMatch(name -> name.equals("quantize.codebook_used"));
  }

  /** Training may need to see through the tokenizer: every block has a gradient. */
  @Test
  void hasGradientsFromPixelsToPixels() {
    Operand<TFloat32> image = graph.channelsLast(graph.constant(GOLDEN, "encode/rect64x96/image"));
    Operand<TFloat32> vectors = new VqEncoder(context, CONFIG).apply(image);
    Operand<TFloat32> decoded = new VqDecoder(context, CONFIG).apply(vectors);
    Operand<TFloat32> loss = graph.tf().reduceSum(decoded, graph.tf().array(0, 1, 2, 3));
    var gradients = graph.graph().addGradients(loss.asOutput(), new Output<?>[] {image.asOutput()});
    float[] gradient = graph.fetch("gradient", gradients[0]).run().get("gradient");
    assertThat(gradient).hasSize(64 * 96 * 3);
    double norm = 0;
    for (float value : gradient) {
      norm += (double) value * value;
    }
    assertThat(norm).isFinite().isPositive();
  }
}
