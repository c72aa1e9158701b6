/** Checking a service's settings at the start, all at once, and telling clearly what is wrong. */
@NullMarked
package org.omnimamba.web.settings;

import org.jspecify.annotations.NullMarked;
