/** The page at the root: draw a picture, ask about one, watch jobs. */
@NullMarked
package org.omnimamba.gateway.playground;

import org.jspecify.annotations.NullMarked;
