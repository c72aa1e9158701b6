/** What every service does with every request: its id, its log line, what is a probe. */
@NullMarked
package org.omnimamba.web.request;

import org.jspecify.annotations.NullMarked;
