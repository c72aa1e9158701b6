/** The commands of training, mounted into {@code ./omnimamba}. */
@NullMarked
package org.omnimamba.training.cli;

import org.jspecify.annotations.NullMarked;
