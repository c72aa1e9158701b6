/** What the HTTP servers and clients of all services have in common, whatever they serve. */
@NullMarked
package org.omnimamba.web.http;

import org.jspecify.annotations.NullMarked;
