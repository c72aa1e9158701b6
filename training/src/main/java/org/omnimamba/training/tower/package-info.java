/**
 * Trains the vision towers against captions. The reference takes DINOv2 and SigLIP ready-made;
 * where no pretrained tower can be had, both are trained together here, on exactly the features
 * that the model reads: the second-last block's patches.
 */
@NullMarked
package org.omnimamba.training.tower;

import org.jspecify.annotations.NullMarked;
