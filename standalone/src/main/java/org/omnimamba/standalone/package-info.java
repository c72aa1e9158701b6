@NullMarked
package org.omnimamba.standalone;

import org.jspecify.annotations.NullMarked;
