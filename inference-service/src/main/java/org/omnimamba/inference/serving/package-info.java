/** What this service serves: one model directory, checked at start, and the engine that runs it. */
@NullMarked
package org.omnimamba.inference.serving;

import org.jspecify.annotations.NullMarked;
