/**
 * What the services of the platform must agree on, in one place: the names of headers, the internal
 * token, how JSON is read, and how a service is set up and watched. It knows no service and holds
 * no type of the API.
 */
@NullMarked
package org.omnimamba.web;

import org.jspecify.annotations.NullMarked;
