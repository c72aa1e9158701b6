@NullMarked
package org.omnimamba.inference;

import org.jspecify.annotations.NullMarked;
