/** What every service does with every request: its id, its line in the log, its observation. */
@NullMarked
package org.omnimamba.web.request;

import org.jspecify.annotations.NullMarked;
