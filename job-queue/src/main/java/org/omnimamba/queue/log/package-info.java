/** How work that is repeated for as long as it takes is logged. */
@NullMarked
package org.omnimamba.queue.log;

import org.jspecify.annotations.NullMarked;
