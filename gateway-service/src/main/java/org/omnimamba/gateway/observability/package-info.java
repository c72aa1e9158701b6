/**
 * What operators see: one log line and one timer for each request. Neither ever holds a prompt, an
 * answer, a query string or a key.
 */
@NullMarked
package org.omnimamba.gateway.observability;

import org.jspecify.annotations.NullMarked;
