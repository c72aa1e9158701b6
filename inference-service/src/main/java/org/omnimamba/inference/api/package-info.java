/**
 * What all endpoints share: reading bodies within limits, OpenAI's error object, request ids, the
 * internal token, server-sent events.
 */
@NullMarked
package org.omnimamba.inference.api;

import org.jspecify.annotations.NullMarked;
