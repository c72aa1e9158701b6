/** What passes between the services only: header names and the token that proves the sender. */
@NullMarked
package org.omnimamba.web.internal;

import org.jspecify.annotations.NullMarked;
