/** Typed, validated settings: {@code omnimamba.jobs.*}. */
@NullMarked
package org.omnimamba.jobs.config;

import org.jspecify.annotations.NullMarked;
