/**
 * {@code POST /v1/images/generations}: pictures from a caption.
 *
 * <h2>Streams</h2>
 *
 * With {@code stream: true} the events are OpenAI's {@code image_generation.partial_image} and
 * {@code image_generation.completed}, one completed event for each picture; as there may be {@code
 * n} pictures, each event also carries {@code image_index}. With {@code stream_options:
 * {"include_progress": true}} there is also {@code image_generation.progress} with {@code
 * image_index}, {@code tokens_done} and {@code tokens_total} of that picture, after each token.
 */
@NullMarked
package org.omnimamba.inference.images;

import org.jspecify.annotations.NullMarked;
