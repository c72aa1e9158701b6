/** How the gateway reads JSON. */
@NullMarked
package org.omnimamba.gateway.http;

import org.jspecify.annotations.NullMarked;
