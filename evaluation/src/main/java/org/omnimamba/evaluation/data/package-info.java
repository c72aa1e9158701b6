/**
 * The field's benchmarks as they are published: files of questions about pictures.
 *
 * <p>A reader takes nothing for granted. What of a file cannot be used (a picture that is not
 * there, a question that comes twice, bytes that are no UTF-8, an entry without an answer) becomes
 * a {@link org.omnimamba.evaluation.data.Fault}, with the place where it stands, and is counted; it
 * is never passed over in silence.
 */
@NullMarked
package org.omnimamba.evaluation.data;

import org.jspecify.annotations.NullMarked;
