package org.omnimamba.training.data.labelled;

import java.util.List;
import org.omnimamba.training.data.Examples;
import org.omnimamba.training.data.ImageTokens;
import org.omnimamba.training.data.MmuExample;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureExample;
import org.omnimamba.training.data.PictureSet;
import org.omnimamba.training.data.T2iExample;

/**
 * How pictures that are labelled with concept, style and group, and no more, become examples:
 * captions, questions and answers are made of the labels. The wording depends on what the pictures
 * show, so each collection brings its own.
 */
public interface LabelledPictures {

  /** Pictures with captions and labels, for the image parts. */
  Examples<PictureExample> pictures(PictureSet set);

  /**
   * Captions with image tokens, for drawing.
   *
   * @param tokens of every picture, in the order of their index
   * @throws org.omnimamba.training.data.InvalidDataException if there is another number of them
   */
  Examples<T2iExample> drawings(PictureSet set, List<ImageTokens> tokens);

  /** Pictures with questions and answers. */
  Examples<MmuExample> conversations(PictureSet set);

  /** Pictures with the caption of the evaluation, for the alignment of stage 1. */
  Examples<MmuExample> alignment(PictureSet set);

  /** Texts alone, for a language model. */
  Examples<List<String>> texts(List<Picture> pictures);
}
