/** How long a service that is told to stop may go on with what it has begun. */
@NullMarked
package org.omnimamba.web.shutdown;

import org.jspecify.annotations.NullMarked;
