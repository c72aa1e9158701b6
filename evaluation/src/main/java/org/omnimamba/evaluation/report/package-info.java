/**
 * What a run found: a table for people, JSON and CSV for programs, and a page of HTML that needs no
 * other file.
 */
@NullMarked
package org.omnimamba.evaluation.report;

import org.jspecify.annotations.NullMarked;
