package org.omnimamba.model.image;

/** Whether an image holds printing inks instead of light. */
enum InkModel {
  /** It does not. */
  NONE,
  /** Four channels of ink. */
  CMYK,
  /** Four channels, the first three turned to luma and chroma (Adobe's transform 2). */
  YCCK
}
