/** How connections notice that the other side was cut off. */
@NullMarked
package org.omnimamba.web.network;

import org.jspecify.annotations.NullMarked;
