/** One OpenAPI document of everything behind the gateway, put together from the services' own. */
@NullMarked
package org.omnimamba.gateway.apidocs;

import org.jspecify.annotations.NullMarked;
