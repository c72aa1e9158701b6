@NullMarked
package org.omnimamba.jobs;

import org.jspecify.annotations.NullMarked;
