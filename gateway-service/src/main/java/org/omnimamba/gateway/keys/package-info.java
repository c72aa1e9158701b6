/** API keys: their form, where they are kept, and the look-up on each request. */
@NullMarked
package org.omnimamba.gateway.keys;

import org.jspecify.annotations.NullMarked;
