/**
 * What is said and asked about scenes: captions, questions and answers, all made of their truth.
 */
@NullMarked
package org.omnimamba.training.scenes.text;

import org.jspecify.annotations.NullMarked;
