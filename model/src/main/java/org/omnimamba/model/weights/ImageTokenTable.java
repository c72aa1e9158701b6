package org.omnimamba.model.weights;

import java.util.Arrays;
import java.util.List;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.DeviceVariable;
import org.omnimamba.model.device.DeviceVariables;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.graph.mamba.Backbone;
import org.omnimamba.model.graph.mamba.TokenEmbeddings;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TInt64;

/**
 * The embeddings of all image tokens with {@code project_in} applied. They depend on weights only,
 * so they are computed once at load, and the projection itself need not stay in memory.
 */
public final class ImageTokenTable {
  /** What the projection reads; needed by the table only. */
  public static final String PROJECTION = Backbone.PREFIX + ".img_embeddings.project_in.";

  private static final String WORDS = Backbone.PREFIX + ".img_embeddings.word_embeddings.weight";
  private static final int ROWS_AT_ONCE = 1024;

  private ImageTokenTable() {}

  /** Creates the table {@code [imageVocabulary, dModel]}, in float32. */
  public static DeviceVariable create(
      DeviceVariables variables,
      TensorSource source,
      LanguageModelConfig config,
      ExecutionOptions execution) {
    Shape shape = Shape.of(config.imageVocabSize(), config.dModel());
    return variables.create(
        "image_tokens",
        ElementType.F32,
        shape,
        memory -> {
          try (DeviceProgram program = new DeviceProgram(execution)) {
            ParameterStore parameters = new ParameterStore(program.variables(), WeightStorage.F32);
            parameters.load(source, List.of(WORDS));
            parameters.load(
                source, source.names().stream().filter(n -> n.startsWith(PROJECTION)).toList());
            fill(rows(program, parameters), config, memory.data().asFloats());
          }
        });
  }

  private static CompiledFunction rows(DeviceProgram program, ParameterStore parameters) {
    return program.function(
        "image_tokens",
        scope -> {
          BlockContext context =
              new BlockContext(scope.tf(), parameters.in(scope), Precision.FLOAT32);
          Operand<TInt64> ids = scope.input(TInt64.class, Shape.of(ROWS_AT_ONCE));
          return List.of(new TokenEmbeddings(context.in(Backbone.PREFIX)).image(ids));
        });
  }

  private static void fill(
      CompiledFunction rows,
      LanguageModelConfig config,
      org.tensorflow.ndarray.buffer.FloatDataBuffer table) {
    int vocabulary = config.imageVocabSize();
    for (int first = 0; first < vocabulary; first += ROWS_AT_ONCE) {
      long[] ids = new long[ROWS_AT_ONCE];
      int start = first;
      Arrays.setAll(ids, i -> Math.min(start + i, vocabulary - 1));
      float[] block = rows.call().longs(ids).run().floats(0);
      int count = Math.min(ROWS_AT_ONCE, vocabulary - first) * config.dModel();
      table.slice((long) first * config.dModel(), count).write(block, 0, count);
    }
  }
}
