package org.omnimamba.training.evaluation;

import org.omnimamba.model.image.RgbImage;

/**
 * A drawn picture beside real ones.
 *
 * @param asked the real picture whose caption was drawn
 * @param drawn what the model made of the caption
 * @param byFeatures the real picture nearest to it for the towers
 * @param byPixels the real picture nearest to it by pixels
 */
record Drawn(
    LabelledPicture asked, RgbImage drawn, LabelledPicture byFeatures, LabelledPicture byPixels) {}
