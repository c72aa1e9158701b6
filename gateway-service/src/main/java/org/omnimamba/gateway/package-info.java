@NullMarked
package org.omnimamba.gateway;

import org.jspecify.annotations.NullMarked;
