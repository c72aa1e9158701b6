/** OpenAI's files: {@code /v1/files}. */
@NullMarked
package org.omnimamba.jobs.web.files;

import org.jspecify.annotations.NullMarked;
