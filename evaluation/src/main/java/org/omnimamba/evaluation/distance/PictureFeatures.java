package org.omnimamba.evaluation.distance;

import java.util.List;
import org.omnimamba.model.image.RgbImage;

/** What a network sees in pictures: a row of numbers for each. One thread. */
public interface PictureFeatures extends AutoCloseable {

  /** What the features are of, as it stands in reports. */
  String name();

  /** Numbers of a feature. */
  int width();

  /** {@code [width]} for each picture, in their order. */
  List<float[]> of(List<RgbImage> pictures);

  @Override
  void close();
}
