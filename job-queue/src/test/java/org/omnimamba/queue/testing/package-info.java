/** A real PostgreSQL for tests, of this library and of programs that stand on it. */
@NullMarked
package org.omnimamba.queue.testing;

import org.jspecify.annotations.NullMarked;
