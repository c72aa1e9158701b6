package org.omnimamba.evaluation.distance;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.omnimamba.model.image.RgbImage;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * The features of which FID is made, with weights from a file of the user's: {@code
 * pt_inception-2015-12-05-6726825d.pth}, or its tensors as safetensors.
 */
public final class InceptionFeatures implements PictureFeatures {
  /** Pictures of one call. */
  private static final int BATCH = 16;

  private final Graph graph = new Graph();
  private final Session session;
  private final Placeholder<TFloat32> pictures;
  private final Operand<TFloat32> features;

  InceptionFeatures(InceptionWeights weights) {
    try {
      Ops tf = Ops.create(graph);
      pictures = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, -1, 3)));
      features = new InceptionGraph(tf, weights).features(pictures);
      session = new Session(graph);
    } catch (RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  /**
   * Reads the weights.
   *
   * @throws org.omnimamba.model.checkpoint.tensor.CheckpointException if the file is damaged, lacks
   *     a tensor or has one of another shape
   */
  public static InceptionFeatures open(Path weights) {
    try (InceptionWeights opened = InceptionWeights.open(weights)) {
      return new InceptionFeatures(opened);
    }
  }

  @Override
  public String name() {
    return "Inception of FID";
  }

  @Override
  public int width() {
    return InceptionGraph.FEATURES;
  }

  @Override
  public List<float[]> of(List<RgbImage> images) {
    List<float[]> all = new ArrayList<>();
    int at = 0;
    while (at < images.size()) {
      RgbImage first = images.get(at);
      int end = at;
      // one call is of pictures of one size
      while (end < images.size()
          && end - at < BATCH
          && images.get(end).width() == first.width()
          && images.get(end).height() == first.height()) {
        end++;
      }
      all.addAll(ofOneSize(images.subList(at, end)));
      at = end;
    }
    return all;
  }

  private List<float[]> ofOneSize(List<RgbImage> images) {
    int height = images.get(0).height();
    int width = images.get(0).width();
    float[] levels = new float[images.size() * height * width * 3];
    int at = 0;
    for (RgbImage image : images) {
      for (byte level : image.rgb()) {
        levels[at++] = level & 0xff;
      }
    }
    try (TFloat32 fed =
            TFloat32.tensorOf(Shape.of(images.size(), height, width, 3), DataBuffers.of(levels));
        Result result = session.runner().feed(pictures, fed).fetch(features).run()) {
      float[] read = new float[images.size() * width()];
      ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(read);
      List<float[]> each = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        each.add(Arrays.copyOfRange(read, i * width(), (i + 1) * width()));
      }
      return each;
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
