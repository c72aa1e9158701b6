/** The service's HTTP side. */
@NullMarked
package org.omnimamba.jobs.web;

import org.jspecify.annotations.NullMarked;
