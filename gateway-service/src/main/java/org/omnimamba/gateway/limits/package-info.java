/** What a tenant may use: requests and generated tokens per minute, images in flight. */
@NullMarked
package org.omnimamba.gateway.limits;

import org.jspecify.annotations.NullMarked;
