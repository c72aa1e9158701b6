/** The HTTP server's own limits, which hold before any filter sees a request. */
@NullMarked
package org.omnimamba.gateway.server;

import org.jspecify.annotations.NullMarked;
