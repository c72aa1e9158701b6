/**
 * How long a service that is told to stop may go on with what it has begun, and how open requests
 * end so that none holds it up.
 */
@NullMarked
package org.omnimamba.web.shutdown;

import org.jspecify.annotations.NullMarked;
