@NullMarked
package org.omnimamba.benchmarks;

import org.jspecify.annotations.NullMarked;
