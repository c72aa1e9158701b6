/** What may be asked for at all: a table of paths, methods and the scope each needs. */
@NullMarked
package org.omnimamba.gateway.access;

import org.jspecify.annotations.NullMarked;
