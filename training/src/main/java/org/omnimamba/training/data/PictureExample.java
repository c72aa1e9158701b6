package org.omnimamba.training.data;

/**
 * A picture with what the image parts learn from it.
 *
 * @param pixels RGB bytes {@code [size, size, 3]}
 * @param caption what it shows
 * @param concept number of what it shows
 * @param style number of its style
 * @param mayMirror whether its mirror image means the same
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PictureExample(
    byte[] pixels, String caption, int concept, int style, boolean mayMirror) {}
