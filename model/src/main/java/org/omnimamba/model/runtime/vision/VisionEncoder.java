package org.omnimamba.model.runtime.vision;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.vision.Projector;
import org.omnimamba.model.graph.vision.VisionBackbone;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.runtime.ImageTable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Images to embeddings: all towers and the projector in one function. Used by one thread at a time,
 * which may be another than the language model's.
 */
public final class VisionEncoder {
  /** Images of one call; more are encoded in several calls. */
  private static final int LARGEST_BATCH = 4;

  /** Images of one call for features alone, which whole collections are asked for. */
  private static final int FEATURE_BATCH = 64;

  private final ModelConfig config;
  private final ModelPart part;
  private final Map<Integer, CompiledFunction> functions = new HashMap<>();
  private @Nullable CompiledFunction features;
  private @Nullable CompiledFunction kept;

  private VisionEncoder(ModelConfig config, ModelPart part) {
    this.config = config;
    this.part = part;
  }

  /**
   * Loads the towers and the projector, without the tensors that no result depends on.
   *
   * @param program the program that runs the encoder and owns its weights
   * @param source the checkpoint; needed during this call only
   */
  public static VisionEncoder load(
      DeviceProgram program, TensorSource source, ModelConfig config, PartOptions options) {
    ModelPart part = new ModelPart(program, options);
    VisionEncoder encoder = new VisionEncoder(config, part);
    part.load(source, (scope, root) -> encoder.build(scope, root, 1));
    return encoder;
  }

  /**
   * Embeddings of one image.
   *
   * @return {@code [patches, dModel]}
   * @throws IllegalArgumentException if the pixels are not of the model's size and towers
   */
  public float[] encode(ImagePixels image) {
    return encodeBatch(List.of(image)).get(0);
  }

  /**
   * Leaves the embeddings of one image on the device.
   *
   * @param table of the same program, the same one in each call
   * @param place in the table; no prompt reads it meanwhile
   * @throws IllegalArgumentException if the pixels are not of the model's size and towers, or if
   *     there is no such place
   */
  public void encode(ImagePixels image, ImageTable table, int place) {
    check(image);
    if (kept == null) {
      kept = part.function("vision_kept", (scope, root) -> buildKept(scope, root, table));
    }
    CompiledFunction.Call call = kept.call();
    for (float[] tower : image.towers()) {
      call.floats(tower);
    }
    call.longs(table.checked(place)).run();
  }

  /**
   * Embeddings of several images, in their order.
   *
   * @return {@code [patches, dModel]} for each image
   */
  public List<float[]> encode(List<ImagePixels> images) {
    List<float[]> embeddings = new ArrayList<>();
    int at = 0;
    while (at < images.size()) {
      int batch = images.size() - at >= LARGEST_BATCH ? LARGEST_BATCH : 1;
      embeddings.addAll(encodeBatch(images.subList(at, at + batch)));
      at += batch;
    }
    return embeddings;
  }

  /**
   * What the towers see in several images, without the projector: the mean of their features over
   * all patches. Images that look alike to the towers lie close together.
   *
   * @return {@code [featureDim]} for each image
   * @throws IllegalArgumentException if the pixels are not of the model's size and towers
   */
  public List<float[]> meanFeatures(List<ImagePixels> images) {
    images.forEach(this::check);
    if (features == null) {
      features = part.function("vision_features", this::buildMeanFeatures);
    }
    List<float[]> means = new ArrayList<>();
    for (int at = 0; at < images.size(); at += FEATURE_BATCH) {
      int count = Math.min(FEATURE_BATCH, images.size() - at);
      // one size for all calls; the rest of the last one is filled with an image of it
      List<ImagePixels> batch = new ArrayList<>(images.subList(at, at + count));
      batch.addAll(Collections.nCopies(FEATURE_BATCH - count, batch.get(0)));
      CompiledFunction.Call call = features.call();
      for (int tower = 0; tower < config.vision().towers().size(); tower++) {
        call.floats(joined(batch, tower));
      }
      float[] all = call.run().floats(0);
      int width = config.vision().featureDim();
      for (int i = 0; i < count; i++) {
        means.add(Arrays.copyOfRange(all, i * width, (i + 1) * width));
      }
    }
    return means;
  }

  private List<float[]> encodeBatch(List<ImagePixels> images) {
    images.forEach(this::check);
    int batch = images.size();
    CompiledFunction.Call call = functions.computeIfAbsent(batch, this::function).call();
    for (int tower = 0; tower < config.vision().towers().size(); tower++) {
      call.floats(joined(images, tower));
    }
    float[] all = call.run().floats(0);
    int each = all.length / batch;
    List<float[]> embeddings = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      embeddings.add(batch == 1 ? all : Arrays.copyOfRange(all, i * each, (i + 1) * each));
    }
    return embeddings;
  }

  private void check(ImagePixels image) {
    int size = config.vision().imageSize();
    int towers = config.vision().towers().size();
    if (image.size() != size || image.towers().size() != towers) {
      throw new IllegalArgumentException(
          "the model sees %d x %d pixels with %d towers, not %d x %d with %d"
              .formatted(size, size, towers, image.size(), image.size(), image.towers().size()));
    }
  }

  private static float[] joined(List<ImagePixels> images, int tower) {
    float[] first = images.get(0).towers().get(tower);
    if (images.size() == 1) {
      return first;
    }
    float[] all = new float[images.size() * first.length];
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(images.get(i).towers().get(tower), 0, all, i * first.length, first.length);
    }
    return all;
  }

  private CompiledFunction function(int batch) {
    return part.function("vision_" + batch, (scope, root) -> build(scope, root, batch));
  }

  private List<Operand<TFloat32>> build(FunctionScope scope, BlockContext root, int batch) {
    return List.of(new Projector(root.in("projector")).apply(features(scope, root, batch)));
  }

  private List<Operand<TFloat32>> buildKept(
      FunctionScope scope, BlockContext root, ImageTable table) {
    Operand<TFloat32> embeddings = build(scope, root, 1).get(0);
    Operand<TInt64> place = scope.input(TInt64.class, Shape.of(1));
    table.write(scope, place, scope.tf().squeeze(embeddings, Squeeze.axis(List.of(0L))));
    return List.of();
  }

  private List<Operand<TFloat32>> buildMeanFeatures(FunctionScope scope, BlockContext root) {
    Ops tf = scope.tf();
    return List.of(tf.math.mean(features(scope, root, FEATURE_BATCH), tf.constant(1)));
  }

  private Operand<TFloat32> features(FunctionScope scope, BlockContext root, int batch) {
    int size = config.vision().imageSize();
    List<Operand<TFloat32>> pixels = new ArrayList<>();
    for (int tower = 0; tower < config.vision().towers().size(); tower++) {
      pixels.add(scope.input(TFloat32.class, Shape.of(batch, 3, size, size)));
    }
    return new VisionBackbone(root, config.vision()).features(pixels);
  }
}
