/**
 * How far apart two sets of pictures are: the Fréchet distance of normal distributions of their
 * features.
 *
 * <p>It is called FID only in the features of the Inception network that the field uses, whose
 * weights the user brings. In the features of a model's own towers it is the towers' distance,
 * which compares models with the same towers and nothing else.
 */
@NullMarked
package org.omnimamba.evaluation.distance;

import org.jspecify.annotations.NullMarked;
