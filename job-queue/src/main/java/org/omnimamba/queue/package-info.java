@NullMarked
package org.omnimamba.queue;

import org.jspecify.annotations.NullMarked;
