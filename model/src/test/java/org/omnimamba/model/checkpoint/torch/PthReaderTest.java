package org.omnimamba.model.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.OracleFiles;
import tools.jackson.databind.JsonNode;

class PthReaderTest {
  private static final Map<String, Dtype> DTYPES =
      Map.of(
          "float64", Dtype.F64,
          "float32", Dtype.F32,
          "float16", Dtype.F16,
          "bfloat16", Dtype.BF16,
          "int64", Dtype.I64,
          "uint8", Dtype.U8,
          "bool", Dtype.BOOL);

  @Test
  void readsEveryAwkwardView() {
    JsonNode tensors = Golden.json("views-tiny").path("tensors");
    try (PthReader reader = PthReader.open(OracleFiles.path("views-tiny.pth"))) {
      assertThat(reader.names()).containsExactlyElementsOf(tensors.propertyNames());
      for (Map.Entry<String, JsonNode> entry : tensors.properties()) {
        String name = entry.getKey();
        JsonNode expected = entry.getValue();
        Dtype dtype = DTYPES.get(expected.path("dtype").stringValue());
        assertThat(reader.info(name).dtype()).as(name).isEqualTo(dtype);
        assertThat(reader.info(name).shape().asArray())
            .as(name)
            .isEqualTo(longs(expected.path("shape")));
        if (dtype.isFloat()) {
          assertThat(reader.readFloats(name)).as(name).isEqualTo(floats(expected.path("values")));
        } else {
          assertThat(reader.readLongs(name)).as(name).isEqualTo(longs(expected.path("values")));
        }
      }
    }
  }

  @Test
  void readsStridedTensorsInPieces() {
    try (PthReader reader = PthReader.open(OracleFiles.path("views-tiny.pth"))) {
      ByteBuffer whole = ByteBuffer.allocate(12 * 5 * 4);
      reader.readInto("transposed", whole);
      whole.flip();
      for (int offset = 0; offset < whole.limit(); offset += 28) {
        ByteBuffer part = ByteBuffer.allocate(Math.min(28, whole.limit() - offset));
        reader.readInto("transposed", offset, part);
        assertThat(part.flip()).isEqualTo(whole.slice(offset, part.limit()));
      }
    }
  }

  @Test
  void readsTheStateDictOfTheReference() {
    JsonNode described = Golden.json("omnimamba-tiny").path("tensors");
    try (PthReader reader = PthReader.open(OracleFiles.path("omnimamba-tiny.pth"))) {
      assertThat(reader.names()).containsExactlyElementsOf(described.propertyNames());
      assertThat(
              reader.shareView("llm_backbone.mamba.lm_head.weight", ParameterNames.TEXT_EMBEDDING))
          .isTrue();
      assertThat(
              reader.shareView("llm_backbone.mamba.img_head.weight", ParameterNames.TEXT_EMBEDDING))
          .isFalse();
    }
  }

  @Test
  void readsTheLegacyContainer() {
    JsonNode subset = Golden.json("omnimamba-tiny").path("legacy_subset_keys");
    try (PthReader legacy = PthReader.open(OracleFiles.path("omnimamba-tiny-legacy-subset.pth"));
        PthReader zip = PthReader.open(OracleFiles.path("omnimamba-tiny.pth"))) {
      assertThat(legacy.names())
          .containsExactlyInAnyOrderElementsOf(
              subset.valueStream().map(JsonNode::stringValue).toList());
      for (String name : legacy.names()) {
        assertThat(legacy.readFloats(name)).as(name).isEqualTo(zip.readFloats(name));
      }
    }
  }

  private static float[] floats(JsonNode values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values.get(i).doubleValue();
    }
    return floats;
  }

  private static long[] longs(JsonNode values) {
    long[] longs = new long[values.size()];
    for (int i = 0; i < longs.length; i++) {
      longs[i] = (long) values.get(i).doubleValue();
    }
    return longs;
  }
}
