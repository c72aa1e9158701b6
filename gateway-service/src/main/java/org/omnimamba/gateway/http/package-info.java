/** The edge of HTTP: the id of each request. */
@NullMarked
package org.omnimamba.gateway.http;

import org.jspecify.annotations.NullMarked;
