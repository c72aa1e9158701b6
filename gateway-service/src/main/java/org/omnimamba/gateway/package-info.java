/**
 * The only door of the platform. A request passes, in this order:
 *
 * <pre>
 *           request id, log (service-support)
 * access    path and method against a table; anything not in it is refused
 * keys      API key -&gt; tenant and scopes
 * limits    requests per minute
 * body      read whole within a size, a time and a memory budget; facts taken from it once
 * limits    generated tokens per minute, images in flight
 * routing   replica chosen; retried elsewhere until the first byte has arrived
 * streaming what comes back: unbuffered, counted, kept alive, ended cleanly
 * </pre>
 *
 * <p>Upstream services see only the headers named in {@code routing}, the tenant and the internal
 * token. A <em>tenant</em> is who pays; a <em>key</em> is how it proves that; a <em>scope</em> is
 * what a key may do; a <em>replica</em> is one process of inference-service.
 */
@NullMarked
package org.omnimamba.gateway;

import org.jspecify.annotations.NullMarked;
