package org.omnimamba.model.image;

/** An image whose container was checked, before its pixels are decoded. */
interface Frame {
  /**
   * Decodes the pixels and lays them on white.
   *
   * @throws InvalidImageException if the data end early or are damaged
   */
  RgbImage decode();
}
