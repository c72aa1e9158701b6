package org.omnimamba.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.text.Tokenizer;
import tools.jackson.databind.JsonNode;

/** The rows that the reference's own dataset classes and collator made of the same texts. */
class CollatorOracleTest {
  private static final Golden GOLDEN = Golden.of("train-tiny");
  private static final ModelConfig MODEL = TinyModel.config();
  private static Tokenizer tokenizer;

  @TempDir private static Path folder;

  @BeforeAll
  static void open() {
    tokenizer = Tokenizer.open(TinyModel.directory().resolve("tokenizer.json"));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @Test
  void captionsAndImageTokensOfStageOne() {
    int[] images = GOLDEN.ints("t2i/image_ids");
    int length = MODEL.language().imageTokens();
    List<T2iExample> examples = new ArrayList<>();
    for (JsonNode caption : GOLDEN.json().path("batches").path("t2i_captions")) {
      int from = examples.size() * length;
      examples.add(
          new T2iExample(
              caption.asString(), java.util.Arrays.copyOfRange(images, from, from + length)));
    }

    Batch batch = new T2iCollator(MODEL, tokenizer).collate(examples);

    assertThat(batch.longs(T2iCollator.CAPTION_IDS)).isEqualTo(GOLDEN.longs("t2i/caption_ids"));
    assertThat(batch.longs(T2iCollator.IMAGE_IDS)).isEqualTo(GOLDEN.longs("t2i/image_ids"));
  }

  @Test
  void alignmentLearnsTheWholeCaption() throws Exception {
    checkMmu("align_json", "mmu_align", MmuText.ALIGNMENT);
  }

  @Test
  void fineTuningLearnsAnswersAndEndsBeforeATurnThatDoesNotFit() throws Exception {
    checkMmu("finetune_json", "mmu_finetune", MmuText.CONVERSATION);
  }

  private static void checkMmu(String json, String tensors, MmuText text) throws Exception {
    JsonNode batches = GOLDEN.json().path("batches");
    Path file = folder.resolve(json + ".json");
    Files.writeString(file, batches.path(json).toString());
    byte[] picture = new byte[PictureSet.bytesPerPicture(MODEL.vision().imageSize())];
    List<MmuExample> examples =
        LlavaConversation.read(file).stream()
            .map(conversation -> new MmuExample(picture, conversation.turns()))
            .toList();

    int length = batches.path("mmu_max_length").asInt();
    Batch batch = new MmuCollator(MODEL, tokenizer, text, length).collate(examples);

    assertThat(batch.longs(MmuCollator.INPUT_IDS)).isEqualTo(GOLDEN.longs(tensors + "/input_ids"));
    assertThat(batch.longs(MmuCollator.LABELS)).isEqualTo(GOLDEN.longs(tensors + "/labels"));
  }
}
