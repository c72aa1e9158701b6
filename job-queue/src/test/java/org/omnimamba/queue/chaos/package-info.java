/** Worker processes that are killed, backends that are terminated, a database that restarts. */
@NullMarked
package org.omnimamba.queue.chaos;

import org.jspecify.annotations.NullMarked;
