package org.omnimamba.training.evaluation;

import org.omnimamba.model.image.RgbImage;
import org.omnimamba.training.data.Picture;

/** A real picture and what it shows. */
record LabelledPicture(Picture label, RgbImage image) {}
