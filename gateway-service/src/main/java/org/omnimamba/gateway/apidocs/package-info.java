/**
 * One OpenAPI document of everything that the gateway serves, put together from the services' own.
 */
@NullMarked
package org.omnimamba.gateway.apidocs;

import org.jspecify.annotations.NullMarked;
