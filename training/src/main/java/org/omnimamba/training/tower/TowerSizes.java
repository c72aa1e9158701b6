package org.omnimamba.training.tower;

/**
 * Sizes of a tower run that the model's configuration does not know.
 *
 * @param batch pictures of a batch
 * @param captionLength ids of a caption, padding included
 * @param padding id that fills short captions
 * @param concepts number of concepts, told apart by ids from 0
 * @param styles number of styles, told apart by ids from 0
 * @param captionWidth width of the caption encoder
 */
public record TowerSizes(
    int batch, int captionLength, long padding, int concepts, int styles, int captionWidth) {

  public TowerSizes {
    if (batch < 1 || captionLength < 1 || concepts < 1 || styles < 1 || captionWidth < 1) {
      throw new IllegalArgumentException("sizes must be positive");
    }
  }
}
