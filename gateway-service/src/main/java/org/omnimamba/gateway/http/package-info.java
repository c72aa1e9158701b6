/** The edge of HTTP: request ids, and the headers that may pass in either direction. */
@NullMarked
package org.omnimamba.gateway.http;

import org.jspecify.annotations.NullMarked;
