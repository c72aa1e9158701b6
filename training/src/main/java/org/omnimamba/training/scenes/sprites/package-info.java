/**
 * Sprites: what scenes are made of. {@link org.omnimamba.training.scenes.sprites.SpritePreparation}
 * draws the icon sets once; {@link org.omnimamba.training.scenes.sprites.SpriteSet} is what a
 * training or an evaluation uses of them.
 */
@NullMarked
package org.omnimamba.training.scenes.sprites;

import org.jspecify.annotations.NullMarked;
