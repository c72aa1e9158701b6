/**
 * The demo's data: emoji of several openly licensed styles as labelled pictures. Only the command
 * line knows this package; training takes it as {@link
 * org.omnimamba.training.data.labelled.LabelledPictures}.
 *
 * <p>{@link org.omnimamba.training.emoji.EmojiPreparation} fetches the icon sets with the {@code
 * npm} client, maps each set's icons to common concepts (an emoji's code points, named by
 * emojibase), draws the SVG files with Batik and splits the pairs of concept and style.
 *
 * <p><b>Skin tones stay out.</b> The five tones of people and gestures would be nearly half of all
 * pictures and teach little else; folded into their concept, a caption would no longer say what to
 * draw. Only the default, yellow figures are used.
 *
 * <p><b>One picture, one name.</b> Where a set draws two concepts with the same pixels (some flags,
 * some genders), only the first in emojibase's order keeps the picture: the other one could not be
 * named from it.
 */
@NullMarked
package org.omnimamba.training.emoji;

import org.jspecify.annotations.NullMarked;
