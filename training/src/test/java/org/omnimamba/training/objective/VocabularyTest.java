package org.omnimamba.training.objective;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.training.data.Batch;
import org.omnimamba.training.step.LossFunction;
import org.omnimamba.training.step.TrainableParameters;

class VocabularyTest {
  private static final ModelConfig MODEL = TinyModel.config();

  @Test
  void sharedImageTokensNeedNothingButTheTextsTable() {
    Scored shared = score(Vocabulary.SHARED);
    Scored decoupled = score(Vocabulary.DECOUPLED);
    assertThat(decoupled.read())
        .anyMatch(name -> name.contains("img_embeddings"))
        .anyMatch(name -> name.contains("caption_embed"));
    assertThat(shared.read())
        .noneMatch(name -> name.contains("img_embeddings"))
        .noneMatch(name -> name.contains("caption_embed"))
        .anyMatch(name -> name.endsWith("backbone.embedding.weight"));
    for (Scored scored : new Scored[] {shared, decoupled}) {
      assertThat(scored.metrics()).containsOnlyKeys("t2i_loss", "t2i_accuracy");
      assertThat(scored.metrics().get("t2i_loss")).isFinite().isPositive();
    }
    assertThat(shared.metrics().get("t2i_loss")).isNotEqualTo(decoupled.metrics().get("t2i_loss"));
  }

  private record Scored(Map<String, Float> metrics, Set<String> read) {}

  private static Scored score(Vocabulary vocabulary) {
    T2iObjective objective = new T2iObjective(MODEL, 1, LoraDropout.NONE, vocabulary);
    long[] caption = new long[MODEL.language().t2iPromptTokens() + 1];
    Arrays.fill(caption, MODEL.specialTokens().pad());
    Batch batch =
        Batch.empty()
            .with("caption_ids", caption)
            .with("image_ids", new long[MODEL.language().imageTokens()]);
    try (Checkpoint source = Checkpoint.open(TinyModel.directory());
        DeviceProgram program =
            new DeviceProgram(ExecutionOptions.cpu().withCompile(false).withThreads(1))) {
      TrainableParameters parameters =
          TrainableParameters.load(program, source, name -> true, objective);
      LossFunction loss = LossFunction.create(program, parameters, objective, Precision.FLOAT32);
      Map<String, Float> metrics = loss.run(batch);
      assertThat(loss.run(batch)).as("nothing is trained").isEqualTo(metrics);
      return new Scored(metrics, parameters.names());
    }
  }
}
