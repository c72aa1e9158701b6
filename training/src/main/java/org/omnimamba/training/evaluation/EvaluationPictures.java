package org.omnimamba.training.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureSet;

/**
 * Pictures by what training knew of them.
 *
 * @param seen pairs of concept and style that were trained on
 * @param heldOut pairs that were not, though their concepts and styles were, apart from each other
 * @param unseen pictures of a style that training never saw
 */
public record EvaluationPictures(PictureSet seen, PictureSet heldOut, PictureSet unseen) {

  /**
   * Reads a data folder, as {@code prepare} makes it.
   *
   * @throws org.omnimamba.training.data.InvalidDataException if a file is missing or damaged
   */
  public static EvaluationPictures read(Path folder) {
    return new EvaluationPictures(
        PictureSet.read(folder, Picture.Split.TRAIN),
        PictureSet.read(folder, Picture.Split.HELDOUT),
        PictureSet.read(folder, Picture.Split.UNSEEN));
  }

  /** Real pictures of all trained styles, among which drawn pictures are looked up. */
  List<LabelledPicture> gallery() {
    List<LabelledPicture> gallery = new ArrayList<>(sample(seen, seen.count()));
    gallery.addAll(sample(heldOut, heldOut.count()));
    return gallery;
  }

  /**
   * Some pictures of a set, spread evenly over it.
   *
   * @param limit how many at most
   */
  static List<LabelledPicture> sample(PictureSet set, int limit) {
    int count = Math.min(limit, set.count());
    List<LabelledPicture> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int index = (int) ((long) i * set.count() / count);
      RgbImage image = new RgbImage(set.size(), set.size(), set.pixels(index));
      some.add(new LabelledPicture(set.pictures().get(index), image));
    }
    return some;
  }
}
