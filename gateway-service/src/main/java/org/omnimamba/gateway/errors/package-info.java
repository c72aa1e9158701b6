/** Errors in the two envelopes that clients know. */
@NullMarked
package org.omnimamba.gateway.errors;

import org.jspecify.annotations.NullMarked;
