/** Request bodies: read once, bounded in size, time and memory, and understood once. */
@NullMarked
package org.omnimamba.gateway.body;

import org.jspecify.annotations.NullMarked;
