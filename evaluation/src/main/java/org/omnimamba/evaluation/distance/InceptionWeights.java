package org.omnimamba.evaluation.distance;

import java.nio.file.Path;
import java.util.Arrays;
import org.omnimamba.model.checkpoint.TensorFiles;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.TensorSource;

/** Where the network's weights come from. */
interface InceptionWeights extends AutoCloseable {

  /**
   * One tensor.
   *
   * @param name as in the published file, such as {@code Mixed_5b.branch1x1.conv.weight}
   * @param shape that it must have
   * @throws CheckpointException if it is not there or has another shape
   */
  float[] get(String name, int... shape);

  @Override
  void close();

  /** Those of a file. */
  static InceptionWeights open(Path file) {
    TensorSource source = TensorFiles.open(file);
    return new InceptionWeights() {
      @Override
      public float[] get(String name, int... shape) {
        long[] wanted = Arrays.stream(shape).asLongStream().toArray();
        long[] found = source.info(name).shape().asArray();
        if (!Arrays.equals(found, wanted)) {
          throw new CheckpointException(
              "%s: %s has the shape %s, not %s"
                  .formatted(file, name, Arrays.toString(found), Arrays.toString(wanted)));
        }
        return source.readFloats(name);
      }

      @Override
      public void close() {
        source.close();
      }
    };
  }
}
