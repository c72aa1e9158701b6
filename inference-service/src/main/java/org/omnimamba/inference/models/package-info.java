/** {@code GET /v1/models}: the one model that is served. */
@NullMarked
package org.omnimamba.inference.models;

import org.jspecify.annotations.NullMarked;
