/** What HTTP clients of the services have in common. */
@NullMarked
package org.omnimamba.web.http;

import org.jspecify.annotations.NullMarked;
