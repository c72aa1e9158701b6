package org.omnimamba.model.graph.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsReader;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.config.TowerConfig;
import org.omnimamba.model.config.VisionConfig;
import org.omnimamba.model.graph.Activations;
import org.omnimamba.model.graph.ConstantParameters;
import org.omnimamba.model.graph.PlainGraph;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.TinyModel;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Surprise 26: what of a tower is used, and in which order its tokens stand. */
class VisionTowerTest {
  private static final Golden GOLDEN = Golden.of("vision-tiny");
  private static final SafetensorsReader WEIGHTS =
      Safetensors.open(TinyModel.directory().resolve("model.safetensors"));
  private static final VisionConfig VISION = TinyModel.config().vision();

  private PlainGraph graph;
  private ConstantParameters parameters;
  private VisionBackbone backbone;

  @BeforeEach
  void open() {
    graph = new PlainGraph();
    parameters = new ConstantParameters(graph.tf(), WEIGHTS);
    backbone = new VisionBackbone(graph.context(parameters), VISION);
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
  @ValueSource(strings = {"dino", "siglip"})
  void everyStageIsTheReferences(String name) {
    TowerConfig config = tower(name);
    VisionTower tower = backbone.tower(config);
    Operand<TFloat32> pixels = graph.constant(GOLDEN, name + "/pixels");
    Operand<TFloat32> patches = tower.patches(pixels);
    Operand<TFloat32> tokens = tower.tokens(patches);
    graph.fetch(name + "/patch_embed", patches).fetch(name + "/after_pos_embed", tokens);
    for (int block = 0; block < config.depth(); block++) {
      tokens = tower.block(block, tokens);
      graph.fetch(name + "/block" + block, tokens);
    }
    graph.fetch(name + "/features", tower.features(pixels)).assertEquals(GOLDEN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dino", "siglip"})
  void theFinalNormIsNotApplied(String name) {
    Operand<TFloat32> features =
        backbone.tower(tower(name)).features(graph.constant(GOLDEN, name + "/pixels"));
    float[] actual = graph.fetch("features", features).run().get("features");
    float[] normed = GOLDEN.floats(name + "/features_if_final_norm_were_applied");
    assertThatThrownBy(() -> PlainGraph.assertClose(name, actual, normed))
        .isInstanceOf(AssertionError.class);
  }

  /** Surprise 8: dino comes first although the checkpoint lists siglip first. */
  @Test
  void dinosFeaturesComeFirst() {
    Operand<TFloat32> features =
        backbone.features(
            List.of(
                graph.constant(GOLDEN, "dino/pixels"), graph.constant(GOLDEN, "siglip/pixels")));
    graph.fetch("concat_features", features).assertEquals(GOLDEN);
  }

  /** 62 = 4 * 14 + 6, as 384 = 27 * 14 + 6: the last six rows and columns are not read. */
  @Test
  void pixelsThatFillNoPatchAreNotRead() {
    float[] dino = GOLDEN.floats("size62/pixels_dino");
    float[] otherEdge = dino.clone();
    for (int i = 0; i < dino.length; i++) {
      boolean edge = i % 62 >= 56 || i / 62 % 62 >= 56;
      otherEdge[i] = edge ? 1000f : dino[i];
    }
    Operand<TFloat32> siglip = graph.constant(GOLDEN, "size62/pixels_siglip");
    graph
        .fetch(
            "size62/concat_features",
            backbone.features(List.of(graph.constant(dino, 1, 3, 62, 62), siglip)))
        .fetch(
            "other edge",
            backbone.features(List.of(graph.constant(otherEdge, 1, 3, 62, 62), siglip)));
    Map<String, float[]> results = graph.run();
    PlainGraph.assertClose(
        "features", results.get("size62/concat_features"), GOLDEN.floats("size62/concat_features"));
    assertThat(results.get("other edge")).isEqualTo(results.get("size62/concat_features"));
  }

  /** Surprise 7: attention pool, final norm and last block are in the checkpoint, but unused. */
  @Test
  void unusedParametersAreNotRead() {
    backbone.features(
        List.of(graph.constant(GOLDEN, "dino/pixels"), graph.constant(GOLDEN, "siglip/pixels")));
    Set<String> unread = new TreeSet<>(WEIGHTS.names());
    unread.removeIf(name -> !name.startsWith("vision_backbone."));
    unread.removeAll(parameters.read());
    assertThat(unread)
        .allMatch(
            name ->
                name.contains(".attn_pool.")
                    || name.contains("_featurizer.norm.")
                    || name.startsWith("vision_backbone.dino_featurizer.blocks.3.")
                    || name.startsWith("vision_backbone.siglip_featurizer.blocks.4."))
        .anyMatch(name -> name.contains(".attn_pool."))
        .anyMatch(name -> name.contains(".blocks.4."));
  }

  /** Surprise 35: newer releases of the towers' library give a list where one tensor is meant. */
  @Test
  void aTowersResultIsOneTensor() {
    assertThat(
            backbone.tower(tower("dino")).features(graph.constant(GOLDEN, "dino/pixels")).shape())
        .isEqualTo(Shape.of(2, 16, 48));
  }

  @Test
  void theReleasedTowersSeeAsManyPatchesAndAreAsWideAsTheReferences() {
    VisionConfig released = ModelPresets.omniMamba1_3B().vision();
    assertThat(released.patches()).isEqualTo(729);
    assertThat(released.featureDim()).isEqualTo(2176);
    assertThat(released.towers())
        .extracting(TowerConfig::mlpHidden)
        .containsExactly(4096, (int) (3.7362 * 1152));
  }

  @Test
  void oneTowerAloneGivesItsOwnFeatures() {
    VisionConfig alone = new VisionConfig(56, 14, List.of(tower("siglip")));
    Operand<TFloat32> features =
        new VisionBackbone(graph.context(parameters), alone)
            .features(List.of(graph.constant(GOLDEN, "siglip/pixels")));
    graph.fetch("siglip/features", features).assertEquals(GOLDEN);
    assertThatThrownBy(() -> backbone.features(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 towers");
  }

  @Test
  void theProjectorsModulesAreTheReferences() {
    Golden golden = Golden.of("projector-tiny");
    PlainGraph own = graph;
    Projector projector =
        new Projector(own.context(name -> own.constant(golden, "weights." + name)));
    Operand<TFloat32> input = own.constant(golden, "random/input");
    Operand<TFloat32> first = projector.linear(0, input);
    Operand<TFloat32> firstActive = Activations.gelu(own.tf(), first);
    Operand<TFloat32> second = projector.linear(1, firstActive);
    Operand<TFloat32> secondActive = Activations.gelu(own.tf(), second);
    own.fetch("random/after_module_0", first)
        .fetch("random/after_module_1", firstActive)
        .fetch("random/after_module_2", second)
        .fetch("random/after_module_3", secondActive)
        .fetch("random/after_module_4", projector.linear(2, secondActive))
        .fetch("random/output", projector.apply(input))
        .fetch("vision/output", projector.apply(own.constant(golden, "vision/input")))
        .assertEquals(golden);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "c"})
  void theWholePathToEmbeddingsIsTheReferences(String run) {
    Golden golden = Golden.of("full-mmu-tiny");
    Map<String, Operand<TFloat32>> stages = new LinkedHashMap<>();
    for (String tower : List.of("dino", "siglip")) {
      stages.put(tower, graph.constant(golden, run + "/pixels_" + tower));
    }
    Operand<TFloat32> features = backbone.features(List.copyOf(stages.values()));
    graph
        .fetch(run + "/dino_features", backbone.tower(tower("dino")).features(stages.get("dino")))
        .fetch(
            run + "/siglip_features",
            backbone.tower(tower("siglip")).features(stages.get("siglip")))
        .fetch(run + "/vision_features", features)
        .fetch(
            run + "/image_embeddings",
            new Projector(graph.context(parameters).in("projector")).apply(features))
        .assertEquals(golden);
  }

  @Test
  void hasGradientsFromFeaturesToPixels() {
    Operand<TFloat32> dino = graph.constant(GOLDEN, "dino/pixels");
    Operand<TFloat32> features =
        backbone.features(List.of(dino, graph.constant(GOLDEN, "siglip/pixels")));
    Operand<TFloat32> loss =
        graph
            .tf()
            .reduceSum(
                new Projector(graph.context(parameters).in("projector")).apply(features),
                graph.tf().array(0, 1, 2));
    Output<?>[] gradients =
        graph.graph().addGradients(loss.asOutput(), new Output<?>[] {dino.asOutput()});
    float[] gradient = graph.fetch("gradient", gradients[0]).run().get("gradient");
    assertThat(gradient).hasSameSizeAs(GOLDEN.floats("dino/pixels")).doesNotContain(Float.NaN);
    assertThat(gradient[0]).isNotZero();
  }

  private static TowerConfig tower(String name) {
    return VISION.towers().stream()
        .filter(tower -> tower.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
