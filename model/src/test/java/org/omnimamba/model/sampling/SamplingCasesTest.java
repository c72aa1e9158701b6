package org.omnimamba.model.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.omnimamba.model.testing.Golden;
import tools.jackson.databind.JsonNode;

/**
 * The probabilities that reach the draw, against the reference's (see docs/reference-behaviours.md,
 * 23).
 */
class SamplingCasesTest {
  private final JsonNode golden = Golden.json("sampling-cases");
  private final TokenSampler sampler = new TokenSampler();

  @TestFactory
  Stream<DynamicTest> probabilitiesEqualTheReference() {
    return golden
        .path("cases")
        .valueStream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    "top_k %s, top_p %s, min_p %s, temperature %s"
                        .formatted(
                            c.path("top_k"),
                            c.path("top_p"),
                            c.path("min_p"),
                            c.path("temperature")),
                    () -> check(c)));
  }

  private void check(JsonNode c) {
    SamplingParameters parameters =
        SamplingParameters.defaults()
            .withTopK(c.path("top_k").intValue())
            .withTopP(c.path("top_p").floatValue())
            .withMinP(c.path("min_p").floatValue())
            .withTemperature(c.path("temperature").floatValue());
    for (int row = 0; row < golden.path("logits").size(); row++) {
      double[] actual =
          sampler.probabilities(
              floats(golden.path("logits").get(row)), parameters, PreviousTokens.NONE);
      float[] expected = floats(c.path("probabilities").get(row));
      assertThat(actual).hasSameSizeAs(expected);
      for (int i = 0; i < actual.length; i++) {
        assertThat(actual[i]).as("row %d token %d", row, i).isCloseTo(expected[i], within(1e-6));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> repetitionPenaltyEqualsTheReference() {
    return golden
        .path("repetition_penalty")
        .valueStream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    "penalty " + c.path("penalty"),
                    () -> {
                      for (int row = 0; row < c.path("logits").size(); row++) {
                        float[] actual =
                            sampler.penalise(
                                floats(golden.path("logits").get(row)),
                                c.path("penalty").floatValue(),
                                previous(c.path("previous_ids").get(row)));
                        assertThat(actual)
                            .containsExactly(floats(c.path("logits").get(row)), within(1e-6f));
                      }
                    }));
  }

  private static PreviousTokens previous(JsonNode ids) {
    return new PreviousTokens() {
      @Override
      public int count() {
        return ids.size();
      }

      @Override
      public int id(int index) {
        return ids.get(index).intValue();
      }
    };
  }

  private static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).floatValue();
    }
    return values;
  }
}
