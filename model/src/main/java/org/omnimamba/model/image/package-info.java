/**
 * Images in and out: decoding of untrusted bytes, the reference's preprocessing, encoding of
 * results.
 *
 * <p>Bytes from outside pass three gates before a pixel is decoded. {@link
 * org.omnimamba.model.image.ImageFormat} knows them by their signature; a scanner per format walks
 * the container, holds the size it states against {@link org.omnimamba.model.image.ImageLimits},
 * finds truncation, and copies only what carries pixels (colour profiles, EXIF, texts and further
 * frames never reach a decoder); only then a decoder reads that copy. Everything that goes wrong is
 * an {@link org.omnimamba.model.image.InvalidImageException} with a reason. A picture is whole or
 * it is an error.
 *
 * <p>More than thirty classes are here because nearly all of them are the inside of one door,
 * {@link org.omnimamba.model.image.ImageDecoder}: formats, scanners and readers share what they
 * found, and packages of their own would make them public.
 */
@NullMarked
package org.omnimamba.model.image;

import org.jspecify.annotations.NullMarked;
