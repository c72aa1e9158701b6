package org.omnimamba.evaluation.distance;

import java.util.List;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.image.ImagePreprocessor;
import org.omnimamba.model.image.RgbImage;

/** The features of a loaded model's towers, as means over all patches. */
public final class TowerFeatures implements PictureFeatures {
  private final OmniMamba model;
  private final ImagePreprocessor preprocessor;

  /**
   * Features of a model, which stays the caller's to close.
   *
   * @param model its towers should be the same for all figures that are compared
   */
  public TowerFeatures(OmniMamba model) {
    this.model = model;
    this.preprocessor = new ImagePreprocessor(model.config().vision());
  }

  @Override
  public String name() {
    return "towers of " + model.config().name();
  }

  @Override
  public int width() {
    return model.config().vision().featureDim();
  }

  @Override
  public List<float[]> of(List<RgbImage> pictures) {
    return model
        .vision()
        .meanFeatures(pictures.parallelStream().map(preprocessor::prepare).toList());
  }

  @Override
  public void close() {
    // the model is the caller's
  }
}
