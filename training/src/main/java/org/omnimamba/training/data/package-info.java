/** Data on its way to the device: file formats, collators, batches, loading in the background. */
@NullMarked
package org.omnimamba.training.data;

import org.jspecify.annotations.NullMarked;
