package org.omnimamba.training.vq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.graph.Axes;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Encoders of which it is known how far they look. */
class LocalityTest {
  private static final int BATCH = 3;
  private static final int SIZE = 16;

  @Test
  void anEncoderThatSeesNothingButItsPlaceIsLocal() {
    float[] measured = measure(each -> each.mean());
    assertThat(measured[0]).isZero();
    assertThat(measured[1]).isZero();
  }

  @Test
  void oneThatSeesTheWholePictureIsNot() {
    float[] measured = measure(each -> each.tf.math.sub(each.mean(), each.meanOfAll()));
    // of two random pictures' means, whose variance is that of a pixel divided by their number
    assertThat(measured[0]).isGreaterThan(1e-5f);
    assertThat(measured[1]).isCloseTo(1, within(0.05f));
  }

  @Test
  void whatIsBesideTheSeamIsNotCompared() {
    // each place sees its right neighbour too, so the last one before the seam sees another picture
    float[] measured = measure(Encoder::withNeighbour);
    assertThat(measured[0]).isZero();
    assertThat(measured[1]).isZero();
  }

  /** Pictures as places of 1 x 1 pixels. */
  private record Encoder(Ops tf, Operand<TFloat32> pictures) {
    Operand<TFloat32> mean() {
      return Axes.reshape(tf, tf.math.mean(pictures, tf.array(3)), BATCH, SIZE, SIZE, 1);
    }

    Operand<TFloat32> meanOfAll() {
      return Axes.reshape(tf, tf.math.mean(pictures, tf.array(1, 2, 3)), BATCH, 1, 1, 1);
    }

    Operand<TFloat32> withNeighbour() {
      Operand<TFloat32> here = mean();
      Operand<TFloat32> right =
          Axes.concat(
              tf, Axes.slice(tf, here, 2, 1, SIZE - 1L), Axes.slice(tf, here, 2, SIZE - 1L, 1), 2);
      return tf.math.add(here, right);
    }

    /** Its vectors in steps that differ wherever the vectors do. */
    static Operand<TInt64> codes(Ops tf, Operand<TFloat32> vectors) {
      return tf.reshape(
          tf.dtypes.cast(tf.math.mul(vectors, tf.constant(1e5f)), TInt64.class),
          tf.array((long) BATCH, (long) SIZE * SIZE));
    }
  }

  /** Distance, and part of the places whose code moved. */
  private static float[] measure(Function<Encoder, Operand<TFloat32>> encode) {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    float[] pixels = new float[BATCH * SIZE * SIZE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextDouble(-1, 1);
    }
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> pictures =
          tf.constant(Shape.of(BATCH, SIZE, SIZE, 3), DataBuffers.of(pixels));
      Locality locality = new Locality(tf);
      Operand<TFloat32> points = encode.apply(new Encoder(tf, pictures));
      Operand<TFloat32> mixed = encode.apply(new Encoder(tf, locality.mixed(pictures)));
      try (Result result =
          session
              .runner()
              .fetch(locality.distance(points, mixed))
              .fetch(locality.moved(Encoder.codes(tf, points), Encoder.codes(tf, mixed), SIZE))
              .run()) {
        return new float[] {
          ((TFloat32) result.get(0)).getFloat(), ((TFloat32) result.get(1)).getFloat()
        };
      }
    }
  }
}
