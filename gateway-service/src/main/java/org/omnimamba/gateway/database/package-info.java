/** The gateway's part of the platform's PostgreSQL database; absent where none is configured. */
@NullMarked
package org.omnimamba.gateway.database;

import org.jspecify.annotations.NullMarked;
