/** Requests that follow redirects, know the token's place, use proxies and are repeated. */
@NullMarked
package org.omnimamba.hub.http;

import org.jspecify.annotations.NullMarked;
