/** Where a request goes: replicas of inference-service, and the job-service. */
@NullMarked
package org.omnimamba.gateway.routing;

import org.jspecify.annotations.NullMarked;
