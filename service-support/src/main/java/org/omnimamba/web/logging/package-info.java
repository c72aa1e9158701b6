/** How services write their logs: outages once, and each line with its service's name. */
@NullMarked
package org.omnimamba.web.logging;

import org.jspecify.annotations.NullMarked;
