/** How fast a model is trained, and with how much memory. */
@NullMarked
package org.omnimamba.benchmarks.training;

import org.jspecify.annotations.NullMarked;
