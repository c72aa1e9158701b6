/** How open requests end when a service is told to stop, so that none holds it up. */
@NullMarked
package org.omnimamba.web.stop;

import org.jspecify.annotations.NullMarked;
