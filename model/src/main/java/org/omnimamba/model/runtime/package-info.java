/**
 * How a model is kept and run: the choices that its parts, {@link
 * org.omnimamba.model.runtime.language} and {@link org.omnimamba.model.runtime.vision}, have in
 * common. They are here and not beside {@link org.omnimamba.model.OmniMamba}, because the parts
 * read them and know nothing of the whole.
 */
@NullMarked
package org.omnimamba.model.runtime;

import org.jspecify.annotations.NullMarked;
