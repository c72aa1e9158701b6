package org.omnimamba.evaluation.distance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.types.TFloat32;

/**
 * The Inception network of FID, up to its last pooling: TensorFlow's of 2015-12-05, with the names
 * of its PyTorch port ({@code pt_inception-2015-12-05}). It differs from other Inceptions in three
 * ways: averages do not count padding, the last block has a maximum in place of an average, and its
 * weights are its own. Pictures are {@code [batch, height, width, 3]}.
 */
final class InceptionGraph {
  /** Numbers of a feature. */
  static final int FEATURES = 2048;

  /** Side of the pictures that the network sees. */
  static final int SIDE = 299;

  private static final float EPSILON = 0.001f;

  private final Ops tf;
  private final InceptionWeights weights;

  InceptionGraph(Ops tf, InceptionWeights weights) {
    this.tf = tf;
    this.weights = weights;
  }

  /** A tensor and how many channels it has. */
  private record Plane(Operand<TFloat32> values, int channels) {}

  /**
   * The features of pictures of any one size.
   *
   * @param pictures {@code [batch, height, width, 3]}, levels from 0 to 255
   * @return {@code [batch, 2048]}
   */
  Operand<TFloat32> features(Operand<TFloat32> pictures) {
    Operand<TFloat32> resized =
        tf.image.resizeBilinear(
            pictures, tf.constant(new int[] {SIDE, SIDE}), ResizeBilinear.halfPixelCenters(true));
    Operand<TFloat32> scaled =
        tf.math.sub(tf.math.mul(resized, tf.constant(2f / 255)), tf.constant(1f));
    Plane x = new Plane(scaled, 3);
    x = conv(x, "Conv2d_1a_3x3", 32, 3, 3, 2, "VALID");
    x = conv(x, "Conv2d_2a_3x3", 32, 3, 3, 1, "VALID");
    x = conv(x, "Conv2d_2b_3x3", 64, 3, 3, 1, "SAME");
    x = largest(x, 2, "VALID");
    x = conv(x, "Conv2d_3b_1x1", 80, 1, 1, 1, "VALID");
    x = conv(x, "Conv2d_4a_3x3", 192, 3, 3, 1, "VALID");
    x = largest(x, 2, "VALID");
    x = blockA(x, "Mixed_5b.", 32);
    x = blockA(x, "Mixed_5c.", 64);
    x = blockA(x, "Mixed_5d.", 64);
    x = blockB(x, "Mixed_6a.");
    x = blockC(x, "Mixed_6b.", 128);
    x = blockC(x, "Mixed_6c.", 160);
    x = blockC(x, "Mixed_6d.", 160);
    x = blockC(x, "Mixed_6e.", 192);
    x = blockD(x, "Mixed_7a.");
    x = blockE(x, "Mixed_7b.", false);
    x = blockE(x, "Mixed_7c.", true);
    return tf.math.mean(x.values(), tf.constant(new int[] {1, 2}));
  }

  private Plane blockA(Plane x, String name, int pooled) {
    Plane five = same(same(x, name + "branch5x5_1", 48, 1, 1), name + "branch5x5_2", 64, 5, 5);
    return joined(
        same(x, name + "branch1x1", 64, 1, 1),
        five,
        doubled(x, name, 64, 96),
        same(average(x), name + "branch_pool", pooled, 1, 1));
  }

  private Plane doubled(Plane x, String name, int first, int rest) {
    Plane y = same(x, name + "branch3x3dbl_1", first, 1, 1);
    y = same(y, name + "branch3x3dbl_2", rest, 3, 3);
    return same(y, name + "branch3x3dbl_3", rest, 3, 3);
  }

  private Plane blockB(Plane x, String name) {
    Plane y = same(x, name + "branch3x3dbl_1", 64, 1, 1);
    y = same(y, name + "branch3x3dbl_2", 96, 3, 3);
    return joined(
        conv(x, name + "branch3x3", 384, 3, 3, 2, "VALID"),
        conv(y, name + "branch3x3dbl_3", 96, 3, 3, 2, "VALID"),
        largest(x, 2, "VALID"));
  }

  private Plane blockC(Plane x, String name, int inner) {
    Plane once = same(x, name + "branch7x7_1", inner, 1, 1);
    once = same(once, name + "branch7x7_2", inner, 1, 7);
    once = same(once, name + "branch7x7_3", 192, 7, 1);
    Plane twice = same(x, name + "branch7x7dbl_1", inner, 1, 1);
    twice = same(twice, name + "branch7x7dbl_2", inner, 7, 1);
    twice = same(twice, name + "branch7x7dbl_3", inner, 1, 7);
    twice = same(twice, name + "branch7x7dbl_4", inner, 7, 1);
    twice = same(twice, name + "branch7x7dbl_5", 192, 1, 7);
    return joined(
        same(x, name + "branch1x1", 192, 1, 1),
        once,
        twice,
        same(average(x), name + "branch_pool", 192, 1, 1));
  }

  private Plane blockD(Plane x, String name) {
    Plane three = same(x, name + "branch3x3_1", 192, 1, 1);
    three = conv(three, name + "branch3x3_2", 320, 3, 3, 2, "VALID");
    Plane seven = same(x, name + "branch7x7x3_1", 192, 1, 1);
    seven = same(seven, name + "branch7x7x3_2", 192, 1, 7);
    seven = same(seven, name + "branch7x7x3_3", 192, 7, 1);
    seven = conv(seven, name + "branch7x7x3_4", 192, 3, 3, 2, "VALID");
    return joined(three, seven, largest(x, 2, "VALID"));
  }

  private Plane blockE(Plane x, String name, boolean last) {
    Plane three = same(x, name + "branch3x3_1", 384, 1, 1);
    Plane twice = same(x, name + "branch3x3dbl_1", 448, 1, 1);
    twice = same(twice, name + "branch3x3dbl_2", 384, 3, 3);
    return joined(
        same(x, name + "branch1x1", 320, 1, 1),
        same(three, name + "branch3x3_2a", 384, 1, 3),
        same(three, name + "branch3x3_2b", 384, 3, 1),
        same(twice, name + "branch3x3dbl_3a", 384, 1, 3),
        same(twice, name + "branch3x3dbl_3b", 384, 3, 1),
        same(last ? largest(x, 1, "SAME") : average(x), name + "branch_pool", 192, 1, 1));
  }

  private Plane same(Plane x, String name, int out, int height, int width) {
    return conv(x, name, out, height, width, 1, "SAME");
  }

  /** A convolution with its batch norm, which is folded into it, and a rectifier. */
  private Plane conv(
      Plane x, String name, int out, int height, int width, long stride, String padding) {
    float[] filter = weights.get(name + ".conv.weight", out, x.channels(), height, width);
    float[] gamma = weights.get(name + ".bn.weight", out);
    float[] beta = weights.get(name + ".bn.bias", out);
    float[] mean = weights.get(name + ".bn.running_mean", out);
    float[] variance = weights.get(name + ".bn.running_var", out);
    int area = height * width;
    float[] folded = new float[filter.length];
    float[] shift = new float[out];
    for (int o = 0; o < out; o++) {
      float scale = gamma[o] / (float) Math.sqrt(variance[o] + EPSILON);
      shift[o] = beta[o] - mean[o] * scale;
      for (int c = 0; c < x.channels(); c++) {
        for (int at = 0; at < area; at++) {
          // [out, in, height, width] becomes [height, width, in, out]
          folded[(at * x.channels() + c) * out + o] =
              filter[(o * x.channels() + c) * area + at] * scale;
        }
      }
    }
    Operand<TFloat32> weight =
        tf.reshape(tf.constant(folded), tf.constant(new int[] {height, width, x.channels(), out}));
    Conv2d<TFloat32> product =
        tf.nn.conv2d(x.values(), weight, List.of(1L, stride, stride, 1L), padding);
    return new Plane(tf.nn.relu(tf.math.add(product, tf.constant(shift))), out);
  }

  private Plane largest(Plane x, int stride, String padding) {
    return new Plane(
        tf.nn.maxPool(
            x.values(),
            tf.constant(new int[] {1, 3, 3, 1}),
            tf.constant(new int[] {1, stride, stride, 1}),
            padding),
        x.channels());
  }

  /** Of three by three; at the edges of what is there. */
  private Plane average(Plane x) {
    return new Plane(
        tf.nn.avgPool(x.values(), List.of(1L, 3L, 3L, 1L), List.of(1L, 1L, 1L, 1L), "SAME"),
        x.channels());
  }

  private Plane joined(Plane... planes) {
    List<Operand<TFloat32>> values = new ArrayList<>();
    Arrays.stream(planes).forEach(plane -> values.add(plane.values()));
    int channels = Arrays.stream(planes).mapToInt(Plane::channels).sum();
    return new Plane(tf.concat(values, tf.constant(3)), channels);
  }
}
