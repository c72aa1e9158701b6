/** How the platform's own APIs read JSON: strictly, and with mistakes named. */
@NullMarked
package org.omnimamba.web.json;

import org.jspecify.annotations.NullMarked;
