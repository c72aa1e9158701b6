/** Reading request bodies within limits of size, time and memory. */
@NullMarked
package org.omnimamba.web.body;

import org.jspecify.annotations.NullMarked;
