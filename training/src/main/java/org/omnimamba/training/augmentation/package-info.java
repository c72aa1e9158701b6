/** Pictures altered at random on the device, so that a small collection shows more variety. */
@NullMarked
package org.omnimamba.training.augmentation;

import org.jspecify.annotations.NullMarked;
