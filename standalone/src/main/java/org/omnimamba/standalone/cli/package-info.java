/**
 * The command line. Results go to standard output; progress, warnings and everything that libraries
 * print go to standard error. Exit codes: 0 done, 1 failed, 2 wrong usage.
 */
@NullMarked
package org.omnimamba.standalone.cli;

import org.jspecify.annotations.NullMarked;
