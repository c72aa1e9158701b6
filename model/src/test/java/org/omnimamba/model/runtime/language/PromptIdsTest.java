package org.omnimamba.model.runtime.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.omnimamba.model.testing.Tolerances.assertClose;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.TestDevice;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Prompts whose embeddings the device puts together are those that the host has put together. */
@ParameterizedClass(name = "{0}")
@EnumSource(PromptIdsTest.Way.class)
class PromptIdsTest {
  private static final Golden GENERATE = Golden.of("generate-tiny");
  private static final int PLACES = 16;

  private static TinyLanguageModel tiny;

  enum Way {
    COMPILED,
    OP_BY_OP
  }

  @Parameter Way way;

  @BeforeParameterizedClassInvocation
  static void load(Way way) {
    tiny =
        new TinyLanguageModel(
            TestDevice.exact()
                .withExecution(TestDevice.execution().withCompile(way != Way.OP_BY_OP)));
  }

  @AfterParameterizedClassInvocation
  static void close() {
    tiny.close();
  }

  @Test
  void aCaptionIsReadAsItsEmbeddings() {
    int[] ids = GENERATE.ints("t2i/0/input_ids");
    PromptEmbeddings embedded = model().embedT2i(ids);
    assertSame(PromptIds.t2i(ids), embedded, 0, embedded.length());
    assertSame(PromptIds.t2i(ids), embedded, 0, 5, 32, embedded.length());
  }

  @Test
  void aQuestionIsReadWithItsImage() {
    int[] ids = GENERATE.ints("mmu/0/input_ids");
    for (int place : new int[] {0, model().images().places() - 1}) {
      float[] image = image(place);
      write(place, image);
      PromptEmbeddings embedded = model().embedMmu(ids, image);
      PromptIds prompt = PromptIds.mmu(ids, place);
      assertSame(prompt, embedded, 0, embedded.length());
      // before, inside, at the end of and behind the image
      assertSame(prompt, embedded, 0, 1, 7, 2 + PLACES, embedded.length());
    }
  }

  @Test
  void withoutAnImageItsPlacesAreZero() {
    write(0, image(1));
    int[] ids = GENERATE.ints("mmu/0/input_ids");
    PromptEmbeddings embedded = model().embedMmu(ids, null);
    assertSame(PromptIds.mmu(ids, PromptIds.NO_IMAGE), embedded, 0, 9, embedded.length());
  }

  @Test
  void paddingBehindTheLastPositionIsNotLookedUp() {
    int[] ids = new int[tiny.config().positions(Task.MMU) - PLACES];
    Arrays.setAll(ids, i -> i % 200);
    PromptEmbeddings embedded = model().embedMmu(ids, null);
    int length = embedded.length();
    // from any states, equal ones
    assertSame(PromptIds.mmu(ids, PromptIds.NO_IMAGE), embedded, length - 3, length);
  }

  @Test
  void whatIsNotThereIsRefusedBeforeAnythingRuns() {
    int[] ids = GENERATE.ints("mmu/0/input_ids");
    refused(PromptIds.mmu(ids, model().images().places()), 1, "places");
    refused(PromptIds.mmu(ids, -2), 1, "places");
    refused(PromptIds.mmu(new int[1], 0), 1, "at least 2");
    refused(PromptIds.t2i(new int[0]), 1, "positions");
    refused(PromptIds.t2i(new int[] {208}), 1, "vocabulary");
    refused(PromptIds.mmu(ids, 0), ids.length + PLACES + 1, "positions");
  }

  private static void refused(PromptIds prompt, int to, String why) {
    assertThatThrownBy(() -> model().prefill(0, prompt, 0, to))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  /** In pieces between these positions, by logits and states. XLA takes long for each length. */
  private void assertSame(PromptIds prompt, PromptEmbeddings embedded, int... all) {
    int[] cuts = way == Way.OP_BY_OP ? all : new int[] {all[0], all[all.length - 1]};
    model().copyState(0, 1);
    // the products of a caption's matrices are rounded by the graph around them
    boolean exact = way == Way.OP_BY_OP && prompt.task() == Task.MMU;
    for (int i = 1; i < cuts.length; i++) {
      float[] expected = model().prefill(prompt.task(), 0, embedded, cuts[i - 1], cuts[i]);
      float[] actual = model().prefill(1, prompt, cuts[i - 1], cuts[i]);
      check("logits at " + cuts[i], exact, actual, expected);
    }
    List<float[]> expected = tiny.state(0);
    List<float[]> actual = tiny.state(1);
    for (int i = 0; i < expected.size(); i++) {
      check("state " + i, exact, actual.get(i), expected.get(i));
    }
  }

  /** Op by op the sums are the same ones; XLA may join them to others, which rounds otherwise. */
  private static void check(String what, boolean exact, float[] actual, float[] expected) {
    if (exact) {
      assertThat(actual).as(what).containsExactly(expected);
    } else {
      assertClose(what, actual, expected);
    }
  }

  private static LanguageModel model() {
    return tiny.model();
  }

  private static float[] image(int number) {
    float[] image = new float[PLACES * tiny.config().dModel()];
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) Math.sin(i + 100 * number);
    }
    return image;
  }

  private static void write(int place, float[] image) {
    CompiledFunction write =
        tiny.program()
            .function(
                "write_image",
                false,
                scope -> {
                  Shape shape = Shape.of(PLACES, tiny.config().dModel());
                  model()
                      .images()
                      .write(
                          scope,
                          scope.input(TInt64.class, Shape.of(1)),
                          scope.input(TFloat32.class, shape));
                  return List.of();
                });
    write.call().longs(place).floats(image).run();
  }
}
