/**
 * Icon sets from npm: fetched with the {@code npm} client, mapped to common concepts (an emoji's
 * code points, named by emojibase), drawn with Batik. What is made of the drawings is for the
 * packages that use this one.
 */
@NullMarked
package org.omnimamba.training.icons;

import org.jspecify.annotations.NullMarked;
