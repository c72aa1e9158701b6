/** A hub for tests, also those of other modules. */
@NullMarked
package org.omnimamba.hub.testing;

import org.jspecify.annotations.NullMarked;
