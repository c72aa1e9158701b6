/**
 * The lossy half of WebP: key frames of VP8 (RFC 6386), decoded to the same samples as libwebp.
 *
 * <p>Written here because no Java library gives libwebp's pixels: those at hand copy blocks before
 * the loop filter has finished with them, or repeat chroma where libwebp interpolates it. The
 * decoder works on bytes in memory only, takes memory in proportion to the frame's stated size, and
 * reports data that end early with an {@link java.io.EOFException}.
 */
@NullMarked
package org.omnimamba.model.image.vp8;

import org.jspecify.annotations.NullMarked;
