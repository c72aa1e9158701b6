/** The platform on one machine: the command line, and where a laptop keeps its state. */
@NullMarked
package org.omnimamba.standalone;

import org.jspecify.annotations.NullMarked;
