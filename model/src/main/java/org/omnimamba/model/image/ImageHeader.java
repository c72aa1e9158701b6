package org.omnimamba.model.image;

/**
 * What an encoded image says of itself.
 *
 * @param format the format, by signature
 * @param width width in pixels
 * @param height height in pixels
 */
public record ImageHeader(ImageFormat format, int width, int height) {}
