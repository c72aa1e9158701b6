/** OpenAI's Responses over HTTP. */
@NullMarked
package org.omnimamba.jobs.web.responses;

import org.jspecify.annotations.NullMarked;
