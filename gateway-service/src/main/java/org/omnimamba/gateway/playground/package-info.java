/** The page at the root: draw a picture, ask about one, watch jobs, run files of requests. */
@NullMarked
package org.omnimamba.gateway.playground;

import org.jspecify.annotations.NullMarked;
