/** Learning rates as functions of the step. */
@NullMarked
package org.omnimamba.training.schedule;

import org.jspecify.annotations.NullMarked;
